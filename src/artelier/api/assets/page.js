"use strict";

const WORDS = {
  en: {
    skip: "To the sessions", title: "The server is running", sessions: "Sessions", next: "Talk to the agents",
    empty: "Nothing here yet. The first message opens the first session.",
    terminal: "In the terminal", once: "One run", programs: "From programs",
    rehearsal: "Rehearsal: a program with rules, not a language model. It answers until a model is configured: ./run init",
    model: "Model: ", signed: "You are signed in.", signedOut: "You are not signed in. Run ./run open and follow its link.",
    spent: "This link is spent or too old. Run ./run open for a new one.",
    offline: "Connecting again.", other: "RU", otherName: "По-русски", untitled: "Untitled",
    states: { idle: ["✓", "at rest"], queued: ["○", "queued"], running: ["◌", "running"], waiting: ["?", "waiting for you"] },
  },
  ru: {
    skip: "К сессиям", title: "Сервер работает", sessions: "Сессии", next: "Разговор с агентами",
    empty: "Здесь пока пусто. Первая сессия начнётся с первого сообщения.",
    terminal: "В терминале", once: "Один запуск", programs: "Из программ",
    rehearsal: "Репетиция: программа с правилами, а не языковая модель. Она отвечает, пока модель не подключена: ./run init",
    model: "Модель: ", signed: "Вы вошли.", signedOut: "Вы не вошли. Выполните ./run open и откройте ссылку.",
    spent: "Ссылка уже использована или устарела. Новую выдаст ./run open.",
    offline: "Восстанавливаем связь.", other: "EN", otherName: "In English", untitled: "Без названия",
    states: { idle: ["✓", "готово"], queued: ["○", "в очереди"], running: ["◌", "идёт"], waiting: ["?", "ждёт вас"] },
  },
};

let language = localStorage.getItem("language") || (navigator.language.startsWith("ru") ? "ru" : "en");
let sessions = [];
let model = "";
let loaded = false;
const words = () => WORDS[language];
const element = (id) => document.getElementById(id);

function say(text, bad = false) {
  element("notice").textContent = text;
  element("notice").classList.toggle("bad", bad);
}

function row(session) {
  const [glyph, name] = words().states[session.status] || ["·", session.status];
  const item = document.createElement("li");
  item.classList.toggle("waiting", session.status === "waiting");
  const when = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(session.updated_at));
  const cells = [["glyph", glyph], ["title", session.title || words().untitled], ["state", `${name} · ${when}`]];
  for (const [kind, text] of cells) {
    const cell = document.createElement("span");
    cell.className = kind;
    cell.textContent = text;
    if (kind === "glyph") cell.setAttribute("aria-hidden", "true");
    item.append(cell);
  }
  return item;
}

function draw() {
  document.documentElement.lang = language;
  for (const each of document.querySelectorAll("[data-word]")) each.textContent = words()[each.dataset.word];
  element("language").textContent = words().other;
  element("language").setAttribute("aria-label", words().otherName);
  element("once").textContent = language === "ru" ? './run exec "прочитай README.md" --model rehearsal' : './run exec "read README.md" --model rehearsal';
  element("curl").textContent = `curl -H "Authorization: Bearer $(./run token)" ${location.origin}/api/v1/sessions`;
  element("model").textContent = model === "rehearsal" ? words().rehearsal : model ? words().model + model : "";
  element("sessions").replaceChildren(...sessions.map(row));
  element("empty").hidden = !loaded || sessions.length > 0;
}

async function call(path, options = {}) {
  return fetch(path, { credentials: "same-origin", ...options });
}

async function enter() {
  const code = new URLSearchParams(location.hash.slice(1)).get("link");
  if (!code) return true;
  history.replaceState(null, "", location.pathname);
  const answer = await call("/api/v1/auth/exchange", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code }),
  });
  say(answer.ok ? words().signed : words().spent, !answer.ok);
  return answer.ok;
}

async function load() {
  const answer = await call("/api/v1/sessions");
  if (answer.status === 401) {
    if (!element("notice").classList.contains("bad")) say(words().signedOut, true);
    return false;
  }
  sessions = (await answer.json()).items;
  loaded = true;
  const models = await (await call("/api/v1/models")).json();
  model = (models.items.find((each) => each.default) || { name: "" }).name;
  draw();
  return true;
}

function follow() {
  const stream = new EventSource("/api/v1/events/stream");
  let waiting = null;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(load, 200); };
  for (const type of ["session_opened", "message_received", "run_queued", "run_started", "run_waiting", "run_finished", "run_failed", "run_cancelled"]) {
    stream.addEventListener(type, soon);
  }
  stream.onopen = () => { if (element("notice").textContent === words().offline) say(""); soon(); };
  stream.onerror = () => say(words().offline);
}

element("language").addEventListener("click", () => {
  language = language === "ru" ? "en" : "ru";
  localStorage.setItem("language", language);
  draw();
});
draw();
enter().then(load).then((signedIn) => { if (signedIn) follow(); });
