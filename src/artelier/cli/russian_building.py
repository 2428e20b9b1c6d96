"""The Russian of what people see who build agents."""

BUILDING = {
    "a model thinks it suits": "так считает модель",
    "{input} in ({cached} cached), {output} out": "{input} на входе ({cached} из кэша), {output} на выходе",
    "Show a run step by step: each request to a model, each decision, and how long it took.": (
        "Показать запуск по шагам: запросы к модели, решения и сколько времени всё заняло."
    ),
    "Show the requests whole: prompt and messages.": "Показать запросы целиком: промпт и сообщения.",
    "Show each request to a model, each decision and how long it took, once the run rests.": (
        "Когда запуск остановится, показать запросы к модели, решения и сколько времени всё заняло."
    ),
    "the last run step by step: requests, decisions, times; /debug all shows prompts": (
        "последний запуск по шагам: запросы, решения, время; /debug all — вместе с промптами"
    ),
    "Nothing ran here yet.": "Здесь ещё ничего не запускалось.",
    "Ask the models again what they were asked in a session, with what has changed since.": (
        "Ещё раз задать моделям вопросы из сессии, с учётом того, что изменилось."
    ),
    "The session to play again.": "Сессия, которую повторить.",
    "Of this run only.": "Только этот запуск.",
    "Ask this model instead of the one of the record.": "Спросить эту модель вместо записанной.",
    "AGENT=FILE: the text of a file in place of the agent's prompt; more than once.": (
        "АГЕНТ=ФАЙЛ: текст файла вместо промпта агента; можно повторять."
    ),
    "Replies of models to play at most: each may cost money.": "Сколько ответов моделей повторить, не больше: каждый может стоить денег.",
    "End with 1 when any reply asks for other calls than the record.": "Завершиться с кодом 1, если хоть один ответ просит другие вызовы.",
    "Print one line of JSON a step.": "Печатать по строке JSON на шаг.",
    "--prompt wants AGENT=FILE, such as coder=prompt.md.": "Для --prompt нужно АГЕНТ=ФАЙЛ, например coder=prompt.md.",
    "{agents} would take the place of the agents of that name here. Nothing was written; --replace does it.": (
        "{agents}: так называются здешние агенты, и файлы заняли бы их место. Ничего не записано; записать всё равно — --replace."
    ),
    "step {number}": "шаг {number}",
    "{input} in, {output} out": "{input} на входе, {output} на выходе",
    "as before": "как было",
    "other words, the same calls": "другие слова, те же вызовы",
    "other calls": "другие вызовы",
    "No model was asked anything there, or its agents are gone.": "Там ни одну модель ни о чём не спрашивали, или её агентов больше нет.",
    "{played} steps played, {different} with other calls.": "Повторено шагов: {played}, с другими вызовами: {different}.",
}
"""English to Russian."""
