"""The Russian of the command line; written, not translated."""

from artelier.cli.russian_approvals import APPROVALS
from artelier.cli.russian_building import BUILDING
from artelier.cli.russian_chat import CHAT
from artelier.cli.russian_help import HELP
from artelier.cli.russian_plugins import PLUGINS
from artelier.cli.russian_reports import REPORTS
from artelier.cli.russian_talking import TALKING

_QUESTIONS: dict[str, str] = {
    "Approve this call?": "Разрешить вызов?",
    "A question for you": "Вопрос к вам",
    "Who should take this?": "Кому поручить?",
    "A limit is reached": "Достигнут предел",
    "It may have taken effect. Run again?": "Возможно, уже выполнено. Запустить ещё раз?",
    "It wants more than the sandbox gives.": "Команде нужно больше, чем даёт песочница.",
    "It runs without a sandbox, with your own rights.": "Выполняется без песочницы, с вашими правами.",
    "a yes · r no": "a (ф) да · r (к) нет",
    "Answer in words.": "Ответьте словами.",
    "Answer in words, or with a number.": "Ответьте словами или номером.",
    "Answer the question first: a, r with a reason, or e with the arguments as JSON.": (
        "Сначала ответьте на вопрос: a (ф), r (к) и причина или e (у) и аргументы в JSON."
    ),
    "Why, for the agent (may stay empty): ": "Почему, для агента (можно пусто): ",
    "Why, for the agent (may stay empty); Esc goes back": "Почему, для агента (можно пусто); Esc — назад",
    "Ctrl-S sends, Esc goes back": "Ctrl-S — отправить, Esc — назад",
    "Not JSON from line {line}, column {column} on. Nothing was sent.": "Это не JSON: строка {line}, знак {column}. Ничего не отправлено.",
    "The arguments must be one JSON object. Nothing was sent.": "Аргументы — это один объект JSON. Ничего не отправлено.",
    "Waits for you: {effect}": "Ждёт вас: {effect}",
    "Answer with `artelier approvals`; the run goes on by itself.": ("Ответьте командой `artelier approvals`; запуск продолжится сам."),
    "Start the server with `artelier serve`, then answer with `artelier approvals`; the run goes on by itself.": (
        "Запустите сервер командой `artelier serve` и ответьте командой `artelier approvals`; запуск продолжится сам."
    ),
    "The text is not UTF-8. Convert it and try again.": "Текст не в UTF-8. Перекодируйте его и повторите.",
    "Nobody waits for you.": "Вас никто не ждёт.",
    "approved": "разрешено",
    "rejected": "отклонено",
}
_STATES: dict[str, str] = {
    "idle": "свободна",
    "queued": "в очереди",
    "running": "идёт",
    "waiting": "ждёт",
    "finished": "готово",
    "failed": "сбой",
    "cancelled": "остановлен",
    "open": "ждёт вас",
    "timed_out": "время вышло",
    "timed out": "время вышло",
    "denied": "отказано",
    "in doubt": "под вопросом",
    "closed": "закрыт",
    "approval": "разрешение",
    "words": "вопрос",
    "clarification": "уточнение",
    "budget": "предел",
    "in_doubt": "под вопросом",
    "{number} ms": "{number} мс",
    "{number} s": "{number} с",
    "{number} min": "{number} мин",
}
_LISTS: dict[str, str] = {
    "Question": "Вопрос",
    "State": "Состояние",
    "Kind": "Вид",
    "Effect": "Действие",
    "Expires": "Срок",
    "Agent": "Агент",
    "For": "Для чего",
    "Model": "Модель",
    "Tools": "Инструменты",
    "Tool": "Инструмент",
    "Does": "Что делает",
    "Provider": "Поставщик",
    "Run": "Запуск",
    "Session": "Сессия",
    "Request": "Задание",
    "Begun": "Начат",
    "Ended": "Закончен",
    "Tokens": "Токены",
    "Reply": "Ответ",
    "Failure": "Сбой",
    "Title": "Название",
    "Changed": "Изменена",
    "No.": "№",
    "At": "Когда",
    "Event": "Событие",
    "About": "О чём",
    "Workspace": "Рабочая папка",
    "Name": "Имя",
    "Folder": "Папка",
    "Added": "Добавлена",
    "Untitled": "Без названия",
    "There are no agents.": "Агентов нет.",
    "There is no agent {name}. These are known: {names}.": "Агента {name} нет. Есть такие: {names}.",
    "Writes": "Пишет",
    "This folder brings nothing along for agents.": "Для агентов в этой папке ничего нет.",
    "Agents do not use this: nobody has trusted the folder yet.": "Агенты этим не пользуются: папке ещё никто не доверился.",
    "Agents do not use this: it has changed since it was trusted.": (
        "Агенты этим не пользуются: с тех пор как папке доверились, здесь что-то изменилось."
    ),
    "Agents use this.": "Агенты этим пользуются.",
    "Agents use this from the next run on, until it changes.": "Со следующего запуска агенты этим пользуются — пока ничего не изменится.",
    "Agents use nothing of it from the next run on.": "Со следующего запуска агенты этим не пользуются.",
    "There is no workspace {name}. Add it first with `artelier workspaces add`.": (
        "Папки {name} в списке нет. Сначала добавьте её: `artelier workspaces add`."
    ),
    "Nobody can be asked here. Read the texts, then say --yes.": "Спросить здесь некого. Прочтите тексты и добавьте --yes.",
    "Trust this folder, as it is now?": "Доверять папке в том виде, в каком она сейчас?",
    "Settings in force": "Действующие настройки",
    "{folder} has {files} already. Nothing was written; --replace writes over them.": (
        "В {folder} уже есть {files}. Ничего не записано; --replace их заменит."
    ),
    "{folder} cannot be written: {failure}.": "В {folder} не записать: {failure}.",
    "Read them before you use them: their prompts are somebody else's words.": (
        "Прочтите их, прежде чем звать: промпты в них писал кто-то другой."
    ),
    "whatever its tools can write": "всё, что могут его инструменты",
    "There are no tools.": "Инструментов нет.",
    "{file} cannot be read: {failure}.": "Не удалось прочитать {file}: {failure}.",
    "{file} is no batch of calls: {failure}. It needs an object with calls, each of a name and arguments.": (
        "{file} не похож на набор вызовов: {failure}. Нужен объект calls; у каждого вызова name и arguments."
    ),
    "a word to the runtime": "слово среде выполнения",
    "nobody knows this tool, so it runs alone": "такого инструмента никто не знает, он пойдёт один",
    "early": "досрочно",
    "cached": "из кэша",
    "read ahead": "прочитано заранее",
    "Not undoable.": "Вернуть нельзя.",
    "This session changed no file.": "Эта сессия не меняла файлов.",
    "undone": "возвращено",
    "created": "создан",
    "changed": "изменён",
    "deleted": "удалён",
    "only a look, nothing was written": "это только просмотр, ничего не записано",
    "was left alone: {reason}": "не тронут: {reason}",
    "Nothing was changed.": "Ничего не изменилось.",
    "What it was before is not known.": "Неизвестно, каким он был.",
    "Somebody else changed it in between.": "Между делом его изменил кто-то ещё.",
    "Somebody else has changed it since.": "С тех пор его успели изменить.",
    "what was changed in files here": "что здесь изменено в файлах",
    "put files back as they were before the last run that changed any; /undo PATH for one file": (
        "вернуть файлы, какими они были до последнего запуска, который их менял; /undo ПУТЬ для одного файла"
    ),
    "change them again": "повторить изменения",
    "after {calls}": "после {calls}",
    "alone": "один",
    "There are no models.": "Моделей нет.",
    "MCP server": "Сервер MCP",
    "MCP servers": "Серверы MCP",
    "Trouble": "Неполадки",
    "connecting": "соединяется",
    "ready": "готов",
    "stopped": "остановлен",
    "No MCP servers are configured.": "Серверы MCP не настроены.",
    "It offers no tools.": "Инструментов он не предлагает.",
    "{name}: {tools} tools, about {tokens} tokens": "{name}: инструментов {tools}, примерно {tokens} токенов",
    "What {name} offers is accepted at the next start of the server.": "То, что предлагает {name}, будет принято при следующем запуске.",
    "There is no MCP server {name} in the settings. There are: {known}.": "В настройках нет сервера MCP {name}. Есть: {known}.",
    "{name}: its program {program} is not there": "{name}: нет его программы {program}",
    "{count} configured; `artelier mcp` shows how they stand": "настроено: {count}; состояние покажет `artelier mcp`",
    "There are no workspaces.": "Рабочих папок нет.",
    "No runs yet.": "Запусков пока нет.",
    "Nothing here yet. The first message opens the first session.": "Пока пусто. Первое сообщение откроет первую сессию.",
    "This session is empty.": "Сессия пуста.",
    "{input} in, {output} out, {calls} calls of the model": "{input} на входе, {output} на выходе, обращений к модели: {calls}",
    "{input} tokens in, {output} out": "токенов: {input} на входе, {output} на выходе",
}
_MESSAGES: dict[str, str] = {
    "Remove this session and its journal? It cannot be brought back.": "Удалить сессию и её журнал? Вернуть их нельзя.",
    "--arguments is not JSON: {failure}.": "--arguments — не JSON: {failure}.",
    "--arguments must be one JSON object.": "--arguments — это один объект JSON.",
    "This needs a terminal. Use `artelier approvals approve` or `reject`.": (
        "Здесь нужен терминал. Без него: `artelier approvals approve` или `reject`."
    ),
    "There is nothing to do: the text is empty.": "Делать нечего: текст пуст.",
    "Choose one of --json and --stream-json.": "Выберите что-то одно: --json или --stream-json.",
    "No model is configured. Run `artelier init`, set a key such as OPENAI_API_KEY, or say --model rehearsal.": (
        "Модель не настроена. Запустите `artelier init`, задайте ключ, например OPENAI_API_KEY, или укажите --model rehearsal."
    ),
    "No server is running. Start one with `artelier serve`.": "Сервер не запущен. Запустите его: `artelier serve`.",
    "A server runs on {address} with models of its own. Stop it, or set ARTELIER_STATE to another folder.": (
        "На {address} уже работает сервер со своими моделями. Остановите его или укажите в ARTELIER_STATE другую папку."
    ),
    "The workspace {folder} is not a folder. Create it, or choose another with --workspace.": (
        "Рабочей папки {folder} нет. Создайте её или выберите другую через --workspace."
    ),
    "The settings cannot be used:": "Настройки не приняты:",
    "{folder} is not a folder.": "{folder} — не папка.",
    "Say `artelier config check` or `artelier config show`.": "Скажите `artelier config check` или `artelier config show`.",
    "{file} (not there: the defaults are in force)": "{file} (файла нет: действуют значения по умолчанию)",
    "{folder}, {free} GiB free": "{folder}, свободно {free} ГиБ",
    "opened by the kernel's openat2, beneath the workspace's root": "открывает openat2 ядра, только внутри рабочей папки",
    "opened step by step without following links (no openat2 here)": "открываются по шагам, без перехода по ссылкам (openat2 здесь нет)",
    "ripgrep is not there; our own slower search is used. Install ripgrep to speed it up.": (
        "ripgrep не найден, работает свой поиск, он медленнее. Установите ripgrep, чтобы ускорить."
    ),
    "{count} models": "моделей: {count}",
    "{problem} See all with `artelier config check`.": "{problem} Все сразу: `artelier config check`.",
    "the defaults; `artelier init` writes a file": "по умолчанию; файл напишет `artelier init`",
    "runs on {address}": "работает на {address}",
    "none runs; `artelier serve` starts one": "не запущен; запустить: `artelier serve`",
    "only the rehearsal. Run `artelier init`, or set a key such as OPENAI_API_KEY.": (
        "только репетиция. Запустите `artelier init` или задайте ключ, например OPENAI_API_KEY."
    ),
    "Settings": "Настройки",
    "State folder": "Папка состояния",
    "Database": "База данных",
    "Files": "Файлы",
    "Search in code": "Поиск в коде",
    "Web search": "Поиск в сети",
    "Browser": "Браузер",
    "set tools.search.searxng_url to a SearXNG of yours; deploy/searxng has settings for one": (
        "укажите свой SearXNG в tools.search.searxng_url; готовые настройки для него — в deploy/searxng"
    ),
    "{address} refuses JSON: add json to search.formats in its settings.yml": (
        "{address} не отвечает в JSON: добавьте json в search.formats в его settings.yml"
    ),
    "{address} limits this machine: add it to pass_ip in its limiter.toml": (
        "{address} ограничивает эту машину: добавьте её в pass_ip в его limiter.toml"
    ),
    "{address} answers HTTP {status}: is it SearXNG?": "{address} отвечает HTTP {status}: это SearXNG?",
    "playwright is not installed": "playwright не установлен",
    "{program}, without its own sandbox": "{program}, без собственной песочницы",
    "Sandbox": "Песочница",
    "commands run with your own rights; every one asks": "команды выполняются с вашими правами; о каждой спрашиваем",
    "Server": "Сервер",
    "More than one worker process needs Postgres, which this version does not speak yet. Leave --workers out.": (
        "Нескольким процессам нужен Postgres, а эта версия с ним ещё не работает. Уберите --workers."
    ),
    "The profile is dev or production.": "Профиль — dev или production.",
    "serves on": "работает на",
    "rehearsal: a program with rules, not a language model. `artelier init` sets up a model.": (
        "репетиция: программа с правилами, а не языковая модель. Модель настроит `artelier init`."
    ),
    "Open once": "Войти один раз",
    "Talk here: `artelier chat` in another terminal. Stop with Ctrl-C.": (
        "Разговор в терминале: `artelier chat` в другом окне. Остановить: Ctrl-C."
    ),
    "This needs a terminal. Without one, write {file} by hand, such as:": (
        "Здесь нужен терминал. Без него напишите {file} сами, например так:"
    ),
    "Nothing was written.": "Ничего не записано.",
    "The settings are written; correct them in {file}, or run `artelier init` again.": (
        "Настройки записаны; исправьте их в {file} или запустите `artelier init` снова."
    ),
    "{file} is there already. Replace it? The old one is kept as .bak. [y/N] ": (
        "{file} уже есть. Заменить? Прежний останется с окончанием .bak. [д/Н] "
    ),
    "Written: {file}": "Записано: {file}",
    "Asking the model for a word ...": "Спрашиваем у модели одно слово ...",
    "Next: `artelier` serves with the console, `artelier chat` talks here, in the folder you want to work in.": (
        "Дальше: `artelier` запустит сервер с консолью, `artelier chat` — разговор здесь. Оба — из папки, где хотите работать."
    ),
    "Where do models come from?": "Откуда брать модели?",
    "Another address that speaks OpenAI's protocol": "Другой адрес с протоколом OpenAI",
    "Rehearsal: no model, a program with rules": "Репетиция: без модели, программа с правилами",
    "Address of the API, up to /v1: ": "Адрес API, вместе с /v1: ",
    "Model: ": "Модель: ",
    "The key: a variable's name such as {name} keeps it out of the file.": (
        "Ключ: имя переменной, например {name}, не даст ему попасть в файл."
    ),
    "Variable (empty to type the key itself): ": "Переменная (пусто — ввести сам ключ): ",
    "{name} is not set now; set it before you serve.": "{name} сейчас не задана; задайте её до запуска сервера.",
    "Key (not shown, may stay empty): ": "Ключ (не показываем, можно пусто): ",
    "{file} cannot be written: {failure}. Choose another with --config.": "{file} не записать: {failure}. Выберите другой через --config.",
}
RUSSIAN: dict[str, str] = {
    **HELP,
    **APPROVALS,
    **PLUGINS,
    **REPORTS,
    **TALKING,
    **CHAT,
    **BUILDING,
    **_QUESTIONS,
    **_STATES,
    **_LISTS,
    **_MESSAGES,
}
"""English to Russian; the fields of a text are the same in both."""
