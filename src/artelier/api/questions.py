"""Open questions as words of an answer: what is asked, and what a reply to it would do."""

from collections.abc import Sequence

from artelier.domain.questions import IN_WORDS, Question, QuestionKind


def approvable(asked: Sequence[Question]) -> list[Question]:
    """Return which of the open questions of a session a plain yes approves.

    None beside a question that asks for words, for those take the yes; nothing grave; among several nothing but calls.
    """
    if any(each.kind in IN_WORDS for each in asked):
        return []
    return [each for each in asked if not each.labels and (len(asked) == 1 or each.kind is QuestionKind.APPROVAL)]


def said_of(asked: Sequence[Question], address: str, *, is_russian: bool, may_approve: bool, is_behind: bool) -> str:
    """Return what waits, one question a line, with how to answer and where.

    ``may_approve``: a plain yes may approve; ``is_behind``: a message is kept behind what waits.
    """
    approved = approvable(asked) if may_approve else []
    words = [each for each in asked if each.kind in IN_WORDS]
    lines = [_line(each, is_russian=is_russian) for each in asked]
    if is_behind:
        lines.insert(
            0, "Ваше сообщение сохранено и ждёт, пока не будет ответа:" if is_russian else "Your message is kept and waits behind this:"
        )
    if approved and len(asked) == 1 and not is_behind:
        lines[-1] += ". Ответьте «да» или скажите, что сделать вместо этого." if is_russian else ". Say yes, or say what to do instead."
    elif may_approve and len(asked) > 1 and not is_behind:
        lines.append(_how_of_several(asked, approved, words, is_russian=is_russian))
    return "\n".join([*lines, f"Ответить: {address}" if is_russian else f"Answer at {address}"])


def _line(question: Question, *, is_russian: bool) -> str:
    if question.kind in IN_WORDS:
        return question.text + (f" ({' / '.join(question.options)})" if question.options else "")
    what = question.effect or question.text
    return f"Ждёт вашего решения: {what}" if is_russian else f"Waiting for your decision: {what}"


def _how_of_several(asked: Sequence[Question], approved: list[Question], words: list[Question], *, is_russian: bool) -> str:
    """Return what a yes and other words do where several questions wait."""
    if words:
        return f"Следующие ваши слова ответят на вопрос: {words[0].text}" if is_russian else f"Your next words answer this: {words[0].text}"
    if not approved:
        return "«Да» ничего здесь не разрешит, другие слова отклонят всё." if is_russian else "A yes approves none; other words refuse all."
    rest = "; ".join(each.effect or each.text for each in asked if each not in approved)
    if is_russian:
        kept = f"разрешить всё, кроме этого: {rest}" if rest else "разрешить всё"
        return f"Ответьте «да», чтобы {kept}. Или скажите, что сделать вместо этого: это отклонит всё."
    kept = f"all but this: {rest}" if rest else "all"
    return f"Say yes to approve {kept}. Or say what to do instead, which refuses all."
