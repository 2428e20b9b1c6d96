// Sets theme and language before the first paint, so that nothing flashes.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  document.documentElement.lang = localStorage.getItem("language") || (navigator.language.startsWith("ru") ? "ru" : "en");
} catch {
  // Storage can be forbidden; the system's theme and language stand then.
}
