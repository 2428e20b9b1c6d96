"""Approvals in Russian: what would be judged, and why."""

APPROVALS: dict[str, str] = {
    "Tell what would be judged of a call, and why. Nothing is run.": "Сказать, что будет решено о вызове и почему. Ничего не выполняется.",
    "The tool's name.": "Имя инструмента.",
    "The call's arguments, as JSON.": "Аргументы вызова в JSON.",
    "A file with a call a line, each an object of tool and arguments.": "Файл, где в каждой строке вызов: объект с tool и arguments.",
    "The agent that would ask for it.": "Агент, который об этом попросит.",
    "Say either --tool with --arguments, or --file.": "Укажите либо --tool и --arguments, либо --file.",
    "There is no agent {name}. There are: {known}.": "Агента {name} нет. Есть: {known}.",
    "allow": "можно",
    "ask": "спросить",
    "forbid": "нельзя",
    "reads only": "только читает",
    "destructive": "разрушает",
    "network": "выходит в сеть",
    "outbound": "наружу",
    "untrusted": "чужие слова",
    "private": "личные данные",
    "writes": "пишет",
    "labels": "метки",
    "It cannot be said what all of this command would run, so it is always asked.": (
        "Не всё в этой команде удалось разобрать, поэтому о ней всегда спрашивают."
    ),
    "It comes after words of strangers were read, which could have led the agent to it.": (
        "До этого были прочитаны чужие слова: они могли подтолкнуть агента."
    ),
    "List what you allowed for later, and take it back.": "Показать, что разрешено на будущее, и отозвать.",
    "List what is allowed for later.": "Показать, что разрешено на будущее.",
    "Take a grant back; it counts at once.": "Отозвать разрешение; действует сразу.",
    "Nothing is allowed for later.": "На будущее ничего не разрешено.",
    "revoked": "отозвано",
    "this run": "этот запуск",
    "this session": "эта сессия",
    "this workspace": "эта рабочая папка",
    "Grant": "Разрешение",
    "For": "Для",
    "Made": "Дано",
    "Allow exactly this call for later too: run, session or workspace.": (
        "Разрешить ровно такой вызов и дальше: run, session или workspace."
    ),
    "--remember is run, session or workspace.": "--remember — это run, session или workspace.",
    "All open calls without a label.": "Все открытые вызовы без меток.",
    "--arguments, --remember and --text go with one question.": "--arguments, --remember и --text — только для одного вопроса.",
    "Name questions, or say --all.": "Назовите вопросы или скажите --all.",
    "left open": "осталось без ответа",
    "to {address}": "к {address}",
    "not all of it can be read": "не всё удалось разобрать",
}
