"""The Russian of conversations in the terminal: what is at work, the chat's keys and commands."""

TALKING: dict[str, str] = {
    "a server of its own": "собственный сервер",
    "/help says what can be said here.": "/help — что здесь можно сказать.",
    "Rehearsal: a program with rules, not a language model. `artelier init` sets up a model.": (
        "Репетиция: программа с правилами, а не языковая модель. Модель настроит `artelier init`."
    ),
    "chosen by you": "выбран вами",
    "learned router": "обученный маршрутизатор",
    "goes on": "продолжает",
    "handed over": "передал работу",
    "default agent": "агент по умолчанию",
    "one by one {time}": "по очереди {time}",
    "No server answers. Look whether it runs.": "Сервер не отвечает. Проверьте, что он запущен.",
    "Try again in {time}.": "Повторите через {time}.",
    "The model failed: {message}": "Сбой модели: {message}",
    "Waiting for the model; the run goes on by itself.": "Ждём модель; запуск продолжится сам.",
    "Waiting for the model until {time}, then the run goes on by itself.": "Ждём модель до {time}, потом запуск продолжится сам.",
    "History was summarised: {before} → {after} tokens": "История сжата в сводку: {before} → {after} токенов",
    "Old results are shown shortened: {before} → {after} tokens": "Старые результаты сокращены: {before} → {after} токенов",
    "The run was stopped.": "Запуск остановлен.",
    "picture: {link}": "картинка: {link}",
    "This reply started over.": "Ответ начат заново.",
    "working": "идёт работа",
    "Queued: it is taken up once this run rests.": "В очереди: начнётся, когда закончится этот запуск.",
    "The budget has room again.": "В бюджете снова есть деньги.",
    "Nobody answered in time: the rule let it run.": "Никто не ответил вовремя: правило разрешило.",
    "Nobody answered in time: rejected.": "Никто не ответил вовремя: отклонено.",
    "What is at work goes on; `artelier chat --continue` comes back to it.": (
        "Запуск продолжается; вернуться к нему: `artelier chat --continue`."
    ),
    "Ctrl-C again leaves": "Ctrl-C ещё раз — выход",
    "Esc Esc stops the run": "Esc Esc — остановить запуск",
    "Ctrl-D leaves": "Ctrl-D — выход",
    "u Enter undoes": "u (г) Enter — вернуть",
    "Enter undoes what was changed last": "Enter — вернуть последние изменения",
    "no sandbox": "без песочницы",
    "what can be said here": "что здесь можно сказать",
    "who answers from now on: /agent NAME, /agent - for the default": "кто отвечает дальше: /agent ИМЯ, /agent - по умолчанию",
    "the model from now on: /model NAME, /model - for the default": "модель дальше: /model ИМЯ, /model - по умолчанию",
    "the last sessions; /sessions NUMBER goes on with one": "последние сессии; /sessions НОМЕР — продолжить",
    "what waits for you in all sessions": "что ждёт вас во всех сессиях",
    "{amount} saved": "сбережено {amount}",
    "begin a new session": "начать новую сессию",
    "leave; what is at work goes on": "выйти; начатое продолжится",
    "There is no command {name}. /help lists them.": "Команды {name} нет. Список: /help.",
    "There is no agent {name}.": "Агента {name} нет.",
    "There is no agent {name}. These are known: {known}.": "Агента {name} нет. Есть: {known}.",
    "Agent: {name}": "Агент: {name}",
    "Model: {name}": "Модель: {name}",
    "the agent's own": "своя у агента",
    "No sessions yet.": "Сессий пока нет.",
    "Those of other sessions: `artelier approvals answer` in another terminal.": (
        "Из других сессий: `artelier approvals answer` в другом терминале."
    ),
    "A new session begins with your next message.": "Новая сессия начнётся со следующего сообщения.",
    "There is no session to go on with. Leave --continue out.": "Продолжать нечего: сессий нет. Уберите --continue.",
    "Choose one of --session and --continue.": "Выберите что-то одно: --session или --continue.",
    "The model does not answer. The run waits for it on the server and goes on by itself.": (
        "Модель не отвечает. Запуск ждёт её на сервере и продолжится сам."
    ),
    "The model does not answer. Start the server with `artelier serve`; the run goes on by itself.": (
        "Модель не отвечает. Запустите сервер командой `artelier serve`, и запуск продолжится сам."
    ),
    "Queued behind a question: {effect}": "В очереди за вопросом: {effect}",
    "Answer with `artelier approvals`; your message is kept and taken up after that.": (
        "Ответьте в `artelier approvals`; сообщение сохранено, до него дойдёт очередь."
    ),
    "Run `artelier serve`, then answer with `artelier approvals`; your message is kept and taken up after that.": (
        "Запустите сервер командой `artelier serve` и ответьте в `artelier approvals`; сообщение сохранено, до него дойдёт очередь."
    ),
    "{name} is no id of a session; `artelier sessions` lists them.": "{name} — не номер сессии; номера покажет `artelier sessions`.",
    "{name} is no id of a run; `artelier runs` lists them.": "{name} — не номер запуска; номера покажет `artelier runs`.",
    "{name} is no id of a question; `artelier approvals` lists them.": "{name} — не номер вопроса; номера покажет `artelier approvals`.",
    "{name} is no id of a grant; `artelier grants` lists them.": "{name} — не номер разрешения; номера покажет `artelier grants`.",
    "{name} is no id of a webhook; `artelier webhooks` lists them.": "{name} — не номер вебхука; номера покажет `artelier webhooks`.",
    "{number}k": "{number}\u00a0тыс.",
    "{number} MB": "{number} МБ",
    "Write a session out, to read or for programs; secrets are masked.": (
        "Выгрузить сессию: читать самому или для программ; секреты скрыты."
    ),
    "markdown to read, or jsonl: the journal, an event a line.": "markdown — читать, jsonl — журнал, по событию в строке.",
    "The file to write, which must not be there yet; without it, standard output.": (
        "Новый файл, такого ещё не должно быть; иначе — стандартный вывод."
    ),
    "{file} is there already. Name another with --output.": "{file} уже есть. Укажите другой через --output.",
    "{file} cannot be written: {failure}. Name another with --output.": "{file} не записать: {failure}. Укажите другой через --output.",
}
