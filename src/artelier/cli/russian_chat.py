"""The Russian of the chat's header, cards, keys and of what is looked up in it."""

CHAT: dict[str, str] = {
    "Approve a command?": "Разрешить команду?",
    "Approve a change?": "Разрешить изменение?",
    "Approve a deletion?": "Разрешить удаление?",
    "Approve a request to the web?": "Разрешить запрос в\u00a0сеть?",
    "It wants the network": "Команде нужна сеть",
    "{clock} left, then reject": "{clock}, потом запрос отклонится",
    "{clock} left, then approve": "{clock}, потом запрос разрешится",
    "a approve  r reject…  e edit": "a (ф) разрешить  r (к) отклонить…  e (у) изменить",
    "holds": "действует",
    "once": "один раз",
    "run": "запуск",
    "session": "сессия",
    "workspace": "рабочая папка",
    "asked every time": "спрашивается каждый раз",
    "Can be undone.": "Можно вернуть.",
    "Files in this folder can be put back; what it does elsewhere cannot.": (
        "Файлы этой папки можно вернуть, сделанное в\u00a0других местах — нельзя."
    ),
    "Seen": "Прочитано",
    "untrusted content": "недоверенные данные",
    "private data": "личные данные",
    "It is shown whole above": "Целиком — выше",
    "approved with changed arguments": "разрешено с\u00a0изменёнными аргументами",
    "allowed for {scope}": "разрешено и\u00a0дальше: {scope}",
    "/agent to change": "другой — /agent",
    "connecting again": "восстанавливаем связь",
    "The server does not answer. Connecting again; what you type is kept.": (
        "Сервер не\u00a0отвечает. Восстанавливаем связь; набранное сохранится."
    ),
    "Connected again.": "Связь восстановлена.",
    "saved {amount}": "сбережено {amount}",
    "paid {amount}": "потрачено {amount}",
    "without it {amount}": "без этого {amount}",
    "{count} cached": "{count} из кэша",
    "{done} of {limit} steps": "{done} из {limit} шагов",
    "There is no plan here.": "Плана здесь нет.",
    "Plan: {done} of {count} done": "План: сделано {done} из {count}",
    "/diff shows how, /undo PATH puts one back": "/diff покажет изменения, /undo ПУТЬ вернёт один файл",
    "Opened in the browser.": "Открыто в\u00a0браузере.",
    "Open once, within 15 minutes:": "Откройте один раз, в\u00a0течение 15 минут:",
    "? help": "? справка",
    "tab next question": "tab следующий вопрос",
    "^P plan": "^P план",
    "^F files": "^F файлы",
    "^G usage": "^G расход",
    "^O in browser": "^O в\u00a0браузере",
    "Enter rejects": "Enter — отклонить",
    "Esc goes back": "Esc — назад",
    "{number} of {count}": "{number} из\u00a0{count}",
    "Ctrl-S sends": "Ctrl-S — отправить",
    "a approve · r WORDS reject · e JSON approve with these arguments": (
        "a (ф) разрешить · r (к) СЛОВА отклонить · e (у) JSON разрешить с\u00a0такими аргументами"
    ),
    "a run · a session · a workspace approve for so long": "a запуск · a сессия · a папка — разрешить и\u00a0дальше",
    "next shows the next of {count} questions": "дальше — следующий из {count} вопросов",
    "Say a alone, or a run, a session, a workspace: for so long.": "Скажите просто a (ф) или a запуск, a сессия, a папка.",
    "This is asked every time: say a alone.": "О таком спрашиваем каждый раз: скажите просто a (ф).",
    "the plan of the work": "план работы",
    "which files were changed here": "какие файлы здесь изменены",
    "what this session used and saved": "сколько эта сессия потратила и сберегла",
    "this session in the browser, by a one-time link": "эта сессия в\u00a0браузере, по одноразовой ссылке",
    "sends; \\ Enter or Alt-Enter begins a line": "отправить; \\ Enter или Alt-Enter — новая строка",
    "undoes what was changed last": "вернуть последние изменения",
    "or Ctrl-C stops the run; Ctrl-C twice and Ctrl-D leave, what is at work goes on": (
        "или Ctrl-C — остановить запуск; дважды Ctrl-C или Ctrl-D — выйти, начатое продолжится"
    ),
    "approve, reject with words, edit; 1 to 4 say for how long": (
        "или ф к у: разрешить, отклонить со словами, изменить; от 1 до 4 — на сколько"
    ),
    "the next question that waits": "следующий вопрос, который ждёт",
    "plan, files, usage": "план, файлы, расход",
    "this session in the browser": "эта сессия в\u00a0браузере",
    "search what was typed; draw anew": "искать в\u00a0набранном; нарисовать заново",
}
"""English to Russian."""
