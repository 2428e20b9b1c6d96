"""The Russian of plugins."""

PLUGINS: dict[str, str] = {
    "List the plugins, and check them.": "Плагины: список и проверка.",
    "List the plugins, how they stand and what they give.": "Плагины: состояние и что они дают.",
    "Load plugins without a server, and say everything that is wrong with them.": "Загрузить плагины без сервера и назвать все ошибки.",
    "A file or folder; left out, all that are in use.": "Файл или папка; если не указать, все действующие.",
    "There are no plugins.": "Плагинов нет.",
    "{path} is not there.": "{path}: такого файла или папки нет.",
    "Plugin": "Плагин",
    "Plugins": "Плагины",
    "Version": "Версия",
    "Gives": "Что даёт",
    "stale": "прежняя версия",
    "disabled": "выключен",
    "agents": "агенты",
    "tools": "инструменты",
    "models": "модели",
    "routers": "маршрутизаторы",
    "subscribers": "подписчики",
}
