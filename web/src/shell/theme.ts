const THEMES = ["system", "light", "dark"] as const;

export type Theme = (typeof THEMES)[number];

/** Return the theme that the person chose. */
export function chosenTheme(): Theme {
  const said = localStorage.getItem("theme");
  return said === "light" || said === "dark" ? said : "system";
}

/** Take up a theme and keep it. */
export function setTheme(theme: Theme): void {
  if (theme === "system") {
    localStorage.removeItem("theme");
    delete document.documentElement.dataset["theme"];
  } else {
    localStorage.setItem("theme", theme);
    document.documentElement.dataset["theme"] = theme;
  }
}

/** Go on to the next theme. */
export function nextTheme(): void {
  setTheme(THEMES[(THEMES.indexOf(chosenTheme()) + 1) % THEMES.length] ?? "system");
}
