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
    text = row.text
    if "\n" in text:
        return row.with_text(text.lower())
    match source.choices(("slip", "bare", "wrapped", "Latin", "slips"), (25, 20, 20, 15, 20))[0]:
        case "slip":
            return row.with_text(_slip(text, source))
        case "bare":
            return row.with_text(text.lower().rstrip(".!?").replace(",", ""))
        case "wrapped" if not row.context:
            return row.with_text(_wrapped(row, source))
        case "Latin" if row.lang == "ru":
            return row.with_text(_in_latin(text))
        case _:
            return row.with_text(_slip(_slip(text.lower(), source), source))


def _wrapped(row: Row, source: random.Random) -> str:
    text = row.text[0].lower() + row.text[1:]
    before = source.choice(_BEFORE[row.lang])
    if row.agent in {"ask", "debug"} and before in _NEUTRAL:
        before = ""
    after = source.choice((*_AFTER[row.lang], *[""] * len(_AFTER[row.lang])))
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
    if source.choice((True, False, False)):
        context["last_error"] = True
    if source.choice((True, False)):
        context["files_changed"] = source.randrange(1, 12)
    return context
