"""What runs inside a page: its visible text, with numbers for whatever can be clicked or filled."""

NUMBERED_TEXT = r"""
(limit) => {
  const skipped = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "SVG", "HEAD", "OBJECT", "CANVAS"]);
  const inline = new Set(["A", "ABBR", "B", "BUTTON", "CODE", "EM", "FONT", "I", "INPUT", "KBD", "LABEL", "MARK", "Q", "S", "SELECT",
    "SMALL", "SPAN", "STRONG", "SUB", "SUP", "TD", "TEXTAREA", "TH", "TIME", "U", "VAR"]);
  const elements = [];
  let lines = [""], size = 0, cut = false;
  const flat = (text, most = 160) => (text || "").replace(/\s+/g, " ").trim().slice(0, most);
  const add = (text) => {
    if (size > limit) { cut = true; return; }
    size += text.length;
    lines[lines.length - 1] += text;
  };
  const newLine = (start = "") => { if (lines[lines.length - 1].trim()) lines.push(""); if (start) lines[lines.length - 1] = start; };
  const shown = (element) => !element.checkVisibility || element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const named = (element) => flat(element.getAttribute("aria-label") || element.labels?.[0]?.innerText || element.placeholder
    || element.title || element.name || element.id);
  const kind = (element) => {
    const tag = element.tagName, role = element.getAttribute("role");
    if (tag === "A" && element.hasAttribute("href")) return ["link", flat(element.innerText) || named(element)
      || flat(element.querySelector("img")?.alt) || flat(element.getAttribute("href"))];
    if (tag === "BUTTON" || role === "button") return ["button", flat(element.innerText) || named(element)];
    if (tag === "SELECT") return ["choice", `${named(element)} = ${flat(element.selectedOptions[0]?.label)}; options: `
      + flat([...element.options].map((option) => option.label).join(", "), 400)];
    if (tag === "TEXTAREA" || element.isContentEditable && !element.parentElement?.isContentEditable)
      return ["field", `${named(element)} = ${flat(element.value ?? element.innerText)}`];
    if (tag === "INPUT") {
      const type = element.type;
      if (type === "hidden") return null;
      if (["submit", "button", "reset", "image"].includes(type)) return ["button", flat(element.value || element.alt) || named(element)];
      if (["checkbox", "radio"].includes(type)) return [type, `${named(element)} ${element.checked ? "(on)" : "(off)"}`];
      return [type === "password" ? "password" : "field", `${named(element)} = ${type === "password" ? "" : flat(element.value)}`];
    }
    return role && ["link", "tab", "menuitem", "checkbox", "switch", "option"].includes(role)
      ? [role, flat(element.innerText) || named(element)] : null;
  };
  const walk = (node) => {
    if (cut) return;
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.replace(/\s+/g, " ");
      if (text !== " " || lines.at(-1)) add(text);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || skipped.has(node.tagName.toUpperCase()) || !shown(node)) return;
    const tag = node.tagName, found = kind(node);
    if (found) {
      if (elements.length >= 800) { cut = true; return; }
      elements.push(node);
      add(` [${elements.length} ${found[0]}: ${found[1].trim()}] `);
      return;
    }
    if (tag === "BR" || tag === "HR") { newLine(); return; }
    if (tag === "IMG") { if (flat(node.alt)) add(` [picture: ${flat(node.alt)}] `); return; }
    if (tag === "IFRAME") { add(` [frame: ${flat(node.title || node.src)}] `); return; }
    const block = !inline.has(tag), heading = /^H([1-6])$/.exec(tag);
    if (block) newLine(heading ? "#".repeat(+heading[1]) + " " : tag === "LI" ? "- " : "");
    for (const child of (node.shadowRoot || node).childNodes) walk(child);
    if (tag === "TD" || tag === "TH") add(" | ");
    if (block) newLine();
  };
  if (document.body) walk(document.body);
  return { text: lines.map((line) => line.replace(/ +/g, " ").trim()).filter(Boolean).join("\n"), cut, elements };
}
"""

ELEMENT = "(read, number) => read.elements[number - 1] || null"

OPENS_WINDOW = """
(element) => {
  const target = element.closest("a[target], area[target]")?.target || "";
  return !["", "_self", "_parent", "_top"].includes(target);
}
"""

SCROLL = """
(direction) => {
  const root = document.scrollingElement || document.documentElement, screen = window.innerHeight * 0.9;
  const target = { up: root.scrollTop - screen, down: root.scrollTop + screen, top: 0, bottom: root.scrollHeight }[direction];
  root.scrollTo({ top: target, behavior: "instant" });
  const seen = Math.min(root.scrollHeight, Math.round(root.scrollTop + window.innerHeight));
  return `${Math.round(root.scrollTop)} to ${seen} of ${root.scrollHeight} pixels are in view`;
}
"""

TURN = "() => new Promise((done) => setTimeout(() => setTimeout(done)))"
"""A turn of the page, in which what was clicked begins."""

CLOSED_DOORS = "for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport']) delete globalThis[name];"
"""Ways out of a page that need no proxy; Chromium is told the same by its arguments."""
