"""Why runs and models fail, in Russian by code."""

_PROBLEMS = {
    "INTERNAL": "Сервер не справился. Что случилось, записано в его журнале.",
    "PROVIDER_ERROR": "Модель ответила не так, как должна.",
    "LLM_UNAVAILABLE": "Модель не отвечает.",
    "RATE_LIMITED": "Поставщик просит обращаться реже.",
    "STREAM_BROKEN": "Ответ модели оборвался.",
    "CONTEXT_TOO_LONG": "Разговор длиннее, чем принимает модель. Начните новую сессию или возьмите модель с большим контекстом.",
    "REQUEST_REFUSED": "Поставщик отказал в этом запросе.",
    "CREDENTIALS_REFUSED": "Ключ поставщика не подходит: его нет, он неверный или исчерпан. Исправьте ключ и продолжите запуск.",
    "REPLY_INVALID": "Модель прислала не ответ.",
    "EMPTY_REPLY": "Модель несколько раз подряд ответила пустотой. Повторите или выберите другую модель.",
    "LOOP": "Агент повторял одно и то же с тем же итогом. Скажите, что сделать вместо этого, или продолжите запуск.",
    "LIMIT_REACHED": "Предел исчерпан и не поднят. Поднимите его и продолжите запуск.",
    "NOT_CLARIFIED": "Никто вовремя не выбрал агента. Продолжите запуск или отправьте снова, начав с @имени.",
}
_NAMES_A_PLACE = frozenset({"PROVIDER_ERROR", "LLM_UNAVAILABLE", "RATE_LIMITED", "REQUEST_REFUSED"})
"""Codes whose own sentence says what no code does: a model, a moment, the provider's words."""


def failure_in_russian(code: str, said: str) -> str:
    """Return what a failure says: by its code where there are words for it, else as it was said."""
    words = _PROBLEMS.get(code)
    if words is None:
        return said
    return f"{words} {said}".strip() if code in _NAMES_A_PLACE else words
