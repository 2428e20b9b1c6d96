"""Variants of requests as people really type them: slips of the finger, no marks, Latin letters for Russian, words before and after."""

import random

from training.routing.rows import Row

_TRANSLITERATED = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e yo zh z i y k l m n o p r s t u f h c ch sh sch _ y _ e yu ya".replace("_", "").split(" "),
        strict=True,
    )
)
_BEFORE = {
    "en": ("hi, ", "hey ", "please ", "ok, ", "so, ", "hello! ", "quick one: ", "could you please ", "I'd like you to ", "now "),
    "ru": ("привет, ", "слушай, ", "пожалуйста, ", "так, ", "ну ", "здравствуйте! ", "вопрос на минуту: ", "теперь ", "а ", "коллега, "),
}
_AFTER = {
    "en": (" please", " thanks", " asap", ", thank you!", " it's urgent", " for the new release", " in this project"),
    "ru": (" пожалуйста", " спасибо", " срочно", ", заранее спасибо!", " в этом проекте", " плиз", " для нового релиза"),
}
_NEUTRAL = frozenset({"please ", "could you please ", "I'd like you to "})
_AGENTS = ("orchestrator", "coder", "architect", "debug", "ask")
_SELF_CONTAINED = 4
"""Requests of so many words or more speak for themselves, whatever went before."""


def variants(row: Row, source: random.Random) -> list[Row]:
    """Return a row and its variants; a follow-up keeps its context, a request that stands alone gets one by chance."""
    found = [row, _changed(row, source)]
    if not row.context and len(row.text.split()) >= _SELF_CONTAINED:
        found.append(row.with_context(_any_context(source)))
    return found


def _changed(row: Row, source: random.Random) -> Row:
    text, language = row.text, row.lang
    kind = source.random()
    if "\n" in text:
        return row.with_text(text.lower())
    if kind < 0.25:
        return row.with_text(_slip(text, source))
    if kind < 0.45:
        return row.with_text(text.lower().rstrip(".!?").replace(",", ""))
    if kind < 0.65 and not row.context:
        return row.with_text(_wrapped(row, source))
    if kind < 0.8 and language == "ru":
        return row.with_text(_in_latin(text))
    return row.with_text(_slip(_slip(text.lower(), source), source))


def _wrapped(row: Row, source: random.Random) -> str:
    text = row.text[0].lower() + row.text[1:]
    before = source.choice(_BEFORE[row.lang])
    if row.agent in {"ask", "debug"} and before in _NEUTRAL:
        before = ""
    after = source.choice(_AFTER[row.lang]) if source.random() < 0.5 else ""
    return f"{before}{text.rstrip('.')}{after}" if text[-1] != "?" else f"{before}{text}"


def _slip(text: str, source: random.Random) -> str:
    """Swap, drop or double one letter inside a word."""
    places = [at for at in range(1, len(text) - 1) if text[at - 1 : at + 2].isalpha()]
    if not places:
        return text
    at = source.choice(places)
    middle = source.choice((text[at + 1] + text[at], text[at + 1], text[at] + text[at] + text[at + 1]))
    return text[:at] + middle + text[at + 2 :]


def _in_latin(text: str) -> str:
    return "".join(_TRANSLITERATED.get(letter, letter) for letter in text.lower())


def _any_context(source: random.Random) -> dict[str, object]:
    context: dict[str, object] = {"previous_agent": source.choice(_AGENTS)}
    if source.random() < 0.3:
        context["last_error"] = True
    if source.random() < 0.5:
        context["files_changed"] = source.randrange(1, 12)
    return context
