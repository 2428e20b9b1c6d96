"""Parts of reasoning that come in pieces, and what of them goes back."""

from artelier.providers.openai_extras import Extras, ReasoningParts, extras_of


def part(**fields: object) -> dict[str, object]:
    return {"type": "reasoning.text", "index": 0, **fields}


def test_pieces_become_parts_in_their_order() -> None:
    parts = ReasoningParts()
    parts.take([part(text="Let me "), part(text="think.", format="anthropic-claude-v1")])
    parts.take([part(signature="SIG", text=None), part(text="Anew.")])
    parts.take([{"type": "reasoning.encrypted", "index": 1, "data": "AA", "id": "x"}, "what", None])
    parts.take([{"type": "reasoning.encrypted", "index": 1, "data": "BB", "id": "y"}])
    kept = extras_of(parts.signature([None]))
    assert kept.details == (
        part(text="Let me think.", format="anthropic-claude-v1", signature="SIG"),
        part(text="Anew."),
        {"type": "reasoning.encrypted", "index": 1, "data": "AA", "id": "x"},
        {"type": "reasoning.encrypted", "index": 1, "data": "BB", "id": "y"},
    )
    assert kept.of(1) == (None,)


def test_a_reply_that_asks_for_nothing_keeps_nothing() -> None:
    parts = ReasoningParts()
    parts.take([part(text="Hm.")])
    assert parts.signature([]) == ""
    assert ReasoningParts().signature([None, None]) == ""
    assert extras_of("") == extras_of("anthropic:[]") == extras_of("chat:[") == Extras()
