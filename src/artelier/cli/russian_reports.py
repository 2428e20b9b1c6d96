"""Webhooks, usage and insight in Russian."""

REPORTS: dict[str, str] = {
    "the container is the wall": "стеной служит контейнер",
    "Landlock and a filter of system calls": "Landlock и фильтр системных вызовов",
    "sandbox-exec of macOS": "sandbox-exec из macOS",
    "it is weaker than bubblewrap: sockets that are files can be reached, what is protected is put back; install bubblewrap": (
        "она слабее bubblewrap: доступны сокеты-файлы, а защищённое лишь возвращается на место; установите bubblewrap"
    ),
    "bubblewrap is older than 0.8: folders in memory have no limit of size": ("bubblewrap старше 0.8: размер папок в памяти не ограничен"),
    "Artelier runs as root: limits on the number of processes are enforced by looking, not by the kernel; use a user of its own": (
        "Artelier работает от root: за числом процессов следит он сам, а не ядро; заведите ему отдельного пользователя"
    ),
    "it runs as root: set `user: 10001`": "контейнер работает от root: укажите `user: 10001`",
    "programs may gain rights: set `security_opt: [no-new-privileges:true]`": (
        "программы могут получить больше прав: укажите `security_opt: [no-new-privileges:true]`"
    ),
    "it has capabilities: set `cap_drop: [ALL]`": "у контейнера есть лишние права: укажите `cap_drop: [ALL]`",
    "its own files can be written: set `read_only: true` with a tmpfs on /tmp": (
        "его собственные файлы можно изменить: укажите `read_only: true` и tmpfs на /tmp"
    ),
    'sandbox.network is "proxy", and there is no proxy here: commands have no network': (
        "sandbox.network — proxy, а прокси здесь нет: у команд нет сети"
    ),
    "List, add, test and remove addresses that are told of events.": "Показать, добавить, проверить и убрать адреса для событий.",
    "List webhooks and how they stand.": "Показать вебхуки и их состояние.",
    "Tell an address of every event from now on.": "Сообщать адресу о каждом новом событии.",
    "Where events are sent: http:// or https://.": "Куда слать события: http:// или https://.",
    "A type of event; may be repeated. All when left out.": "Тип событий; можно несколько раз. Если не указан — все.",
    "A session; may be repeated. All when left out.": "Сессия; можно несколько раз. Если не указана — все.",
    "What it is for.": "Для чего он.",
    "The secret its messages are signed with; it is not shown again:": "Секрет для подписи сообщений; больше его не покажут:",
    "Forget a webhook with what waited to be delivered.": "Убрать вебхук и всё, что ждало доставки.",
    "Send a test message now; where it arrives, a disabled webhook goes on.": (
        "Отправить пробное сообщение; если дошло, отключённый вебхук заработает снова."
    ),
    "It arrived: {status}.": "Дошло: {status}.",
    "It did not arrive: {reason}": "Не дошло: {reason}",
    "Webhook": "Вебхук",
    "Address": "Адрес",
    "Types": "Типы",
    "Last success": "Последний успех",
    "Nobody is told of events.": "О событиях никому не сообщается.",
    "next try {when}": "следующая попытка {when}",
    "given up: {count}": "не доставлено: {count}",
    "failing": "не доходит",
    "disabled": "отключён",
    "Show what is kept and how often that helped, and forget it.": "Показать, что хранится и как часто это помогло, и забыть это.",
    "Forget kept replies: equal requests are asked anew.": "Забыть сохранённые ответы: такие же запросы будут заданы заново.",
    "Only the replies of this agent.": "Только ответы этого агента.",
    "The replies to everybody.": "Ответы всем.",
    "Forgotten. Equal requests are asked anew.": "Забыто. Такие же запросы будут заданы заново.",
    "memory": "память",
    "disk": "диск",
    "cache server": "сервер кэша",
    "object store": "объектное хранилище",
    "replies of models": "ответы моделей",
    "results about files": "результаты о файлах",
    "Kept": "Хранится",
    "Found": "Нашлось",
    "Not found": "Не нашлось",
    "Share": "Доля",
    "Size": "Размер",
    "No replies are kept; see cache.replies in the settings.": "Ответы не хранятся; см. cache.replies в настройках.",
    "left alone: it failed again and again, and is asked anew within a minute": (
        "не спрашивается: раз за разом не отвечала, в течение минуты её спросят снова"
    ),
    "Show what was used, and how agents and tools did.": "Показать расход и как работали агенты и инструменты.",
    "What is summed up by: agent, model, day, session, user or workspace.": (
        "По чему складывать: agent, model, day, session, user или workspace."
    ),
    "A time ago such as 24h, 7d, 4w, or a date.": "За какое время: 24h, 7d, 4w — или дата.",
    "How agents, tools and questions went instead.": "Вместо расхода — как работали агенты и инструменты, что с вопросами.",
    "{since} is no time. Say 24h, 7d, 4w, or a date such as 2026-11-21.": (
        "{since} — не время. Укажите 24h, 7d, 4w или дату, например 2026-11-21."
    ),
    "Like questions: {hits} of {looked} answered by a kept answer ({rate}), {wrong} known to be wrong.": (
        "Похожие вопросы: {hits} из {looked} получили сохранённый ответ ({rate}), заведомо неверных {wrong}."
    ),
    "Like questions, shadow mode: {hits} of {looked} would have had a kept answer ({rate}), {wrong} wrong.": (
        "Похожие вопросы, теневой режим: {hits} из {looked} получили бы сохранённый ответ ({rate}), неверных {wrong}."
    ),
    "Wrong: {rate} of {near} near questions, {bound} allowed; {vetoed} vetoes; saved {saved}.": (
        "Ошибок: {rate} из {near} близких вопросов при допустимых {bound}; запретов {vetoed}; сбережено {saved}."
    ),
    "Say that a run's answer, kept from a like question, was wrong: it is forgotten.": (
        "Сообщить, что ответ запуска, взятый от похожего вопроса, неверен: он забудется."
    ),
    "No answer of this run was kept from a like question.": "Ни один ответ этого запуска не взят от похожего вопроса.",
    "Forgotten: nobody is given that answer again.": "Забыто: этот ответ больше никому не дадут.",
    "{since} has not come yet. Say 24h, 7d, 4w, or a date that has been.": (
        "{since} ещё не наступило. Укажите 24h, 7d, 4w или прошедшую дату."
    ),
    "Day (UTC)": "День (UTC)",
    "Person": "Человек",
    "none": "нет",
    "Together": "Всего",
    "Runs": "Запуски",
    "Steps": "Шаги",
    "Calls": "Вызовы",
    "Tokens in": "Токены на входе",
    "of them cached": "из них из кэша",
    "Tokens out": "Токены на выходе",
    "of them reasoning": "из них рассуждения",
    "Time": "Время",
    "Cost": "Цена",
    "Saved": "Сбережено",
    "?: replies of models whose price is not known; set models.providers.NAME.prices.": (
        "?: ответы моделей, чья цена неизвестна; задайте models.providers.ИМЯ.prices."
    ),
    "Cost: {what}": "Цена: {what}",
    "Saved: {what}": "Сбережено: {what}",
    "{amount} by {layer} (in {replies} replies)": "{layer}: {amount} (ответов: {replies})",
    "replies given again": "повторно выданные ответы",
    "joined requests": "объединённые запросы",
    "like questions": "похожие вопросы",
    "prompt caches": "кэши запросов у провайдера",
    "person": "человек",
    "agent": "агент",
    "session": "сессия",
    "everybody": "на всех",
    "a day": "на день",
    "a week": "на неделю",
    "a month": "на месяц",
    "in total": "всего",
    "{spent} of {dollars}": "{spent} из {dollars}",
    ", anew on {day}": ", заново с {day}",
    "nearly spent": "почти исчерпан",
    "used up": "исчерпан",
    "{tier}: failed {times} times, see the log": "{tier}: сбоев — {times}, см. журнал сервера",
    "Budget, {period}, {whose}: {standing}": "Бюджет {period}, {whose}: {standing}",
    "No model was asked in this time.": "За это время модель не спрашивали.",
    "Median": "Медиана",
    "95 %": "95 %",
    "Corrected by you": "Исправлено вами",
    "Failures": "Сбои",
    "No run ended in this time.": "За это время ни один запуск не закончился.",
    "Refused by you": "Отклонено вами",
    "No tool was called in this time.": "За это время инструменты не вызывались.",
    "Asked": "Задано",
    "Median until answered": "Медиана до ответа",
    "Nothing was asked in this time.": "За это время вопросов не было.",
    "answers to like questions": "ответы на похожие вопросы",
    "Like questions are only counted (shadow): see `artelier usage --insight`.": (
        "Похожие вопросы только считаются (режим shadow): см. `artelier usage --insight`."
    ),
}
