"""When a request comes near what its model takes: what to show less of, the cheapest first. Pure.

1. Old results and arguments are shown shortened; nothing is asked of anybody.
2. What is older than the newest turns falls out, and a summary stands for it.
3. Only the newest turn stays, and no text in it is longer than fits.

A step is taken only if it makes the request clearly smaller. It is taken once before a reply because of an estimate, and
again only when the model itself refuses the request; as each makes it smaller, that ends.
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from artelier.domain.agents import AgentSpec
from artelier.domain.compacting import ContextCompacted, Place
from artelier.domain.events import RunFailed
from artelier.engine.commands import Compact, Record
from artelier.engine.facts import Facts
from artelier.engine.history import SHORTENED, Past, Piece, excerpt, first_shown, index_of, past_of, place_of, words_of
from artelier.engine.sizes import BYTES_A_TOKEN, bound_after, correction, correction_to, tokens_of, tokens_of_text
from artelier.engine.state import RunState, SessionState, Turn
from artelier.engine.summary import extract, transcript

FULL = 0.9
"""Of what the model takes: from there on less is shown."""
ENOUGH = 0.7
"""Of what it takes: so small a request needs no further step."""
AIM = 0.5
"""Of what it takes: how much a summary leaves."""
SMALLER = 0.9
"""A step that leaves more than this of a request is not worth it."""
NEWEST = 4
"""Turns whose results are never shortened by the first step."""
LONGEST = (8_000, 2_000, 500)
"""Characters of the longest text after the last step, tried in this order."""
ASKABLE = 2_000
"""Tokens; with less room than that no model is asked for a summary."""
FEW = 3
"""Pieces; for fewer than that no model is asked to write a summary anew, so that it is not asked at every step."""
SUMMARY = 1_000
"""Tokens of a summary at most; an eighth of what the model takes where that is less."""
SPARE = 2
"""So many times the estimate of a summary may exceed the tokens that a model counted."""


class Squeeze(Struct, frozen=True):
    """A request that is too long, and what there is to shorten."""

    state: SessionState
    run: RunState
    agent: AgentSpec
    past: Past
    window: int
    fixed: int
    factor: float
    before: int
    """Estimated tokens as it stands."""
    room: int
    """Tokens it may have."""

    def with_less(self, compacted: ContextCompacted) -> ContextCompacted:
        """Return a compaction with the size it leads to."""
        shown = excerpt(replace(self.state, compacted=compacted), self.run, self.agent, self.window)
        return replace(compacted, tokens_after=int((self.fixed + tokens_of(shown.messages)) * self.factor))


def compaction(state: SessionState, run: RunState, facts: Facts) -> Compact | Record | None:
    """Return what makes the next request smaller where it would be too long; None where it fits, or nothing more can be done."""
    agent = facts.agent_of(run)
    room = _room(state, run, facts)
    if not room or run.compactions or _bound(state, run, facts) < FULL * room:
        return None
    squeeze = _squeeze(state, run, agent, facts, room)
    return None if squeeze.before < FULL * room else _smaller(squeeze)


def after_refusal(state: SessionState, run: RunState, facts: Facts) -> Compact | Record:
    """Return what makes a request smaller that the model refused as too long, or the run's end where nothing does."""
    agent = facts.agent_of(run)
    room = _room(state, run, facts)
    squeeze = _squeeze(state, run, agent, facts, room)
    found = _smaller(replace(squeeze, room=min(room or squeeze.before, squeeze.before)))
    if found is not None:
        return found
    words = (
        "The request is longer than the model takes, and nothing more can be left out of it. Choose a model with a larger"
        f" context, have smaller parts of files read, or give the agent fewer tools; then resume the run. {run.last_failure}"
    )
    return Record((RunFailed("CONTEXT_TOO_LONG", words, run.usage),))


def _room(state: SessionState, run: RunState, facts: Facts) -> int:
    """Return the tokens that a request may have: what the model takes without the reply; 0 where nobody knows.

    What was refused once in the session, to the same agent with the same model, is not tried again.
    """
    limits = [each.too_long for each in state.runs.values() if each.too_long and _like(each, run)]
    if facts.context_tokens > 0:
        limits.append(max(facts.context_tokens - facts.agent_of(run).max_tokens, facts.context_tokens // 2))
    return min(limits, default=0)


def _like(one: RunState, other: RunState) -> bool:
    return one.agent == other.agent and one.wanted_model == other.wanted_model


def _bound(state: SessionState, run: RunState, facts: Facts) -> float:
    """Return what the next request has at most as far as that is known without counting; infinite where it is not."""
    if run.turns:
        return bound_after(run.turns[-1]) or float("inf")
    asked = facts.fixed_tokens + tokens_of_text(run.request)
    last = _last_turn_before(state, run)
    if last is None:
        return asked
    bound = bound_after(last)
    return bound + asked if bound else float("inf")


def _last_turn_before(state: SessionState, run: RunState) -> Turn | None:
    last = None
    for each in state.runs.values():
        if each.id == run.id:
            break
        last = each.turns[-1] if each.turns else last
    return last


def _squeeze(state: SessionState, run: RunState, agent: AgentSpec, facts: Facts, room: int) -> Squeeze:
    window, fixed = facts.policy.history_window, facts.fixed_tokens
    shown = excerpt(state, run, agent, window).messages
    estimated = fixed + tokens_of(shown)
    if run.compactions and state.compacted is not None:
        factor = correction_to(state.compacted.tokens_after, estimated)  # the last report is of a request that was longer
    else:
        factor = correction(run.turns[-1] if run.turns else None, shown, fixed)
    before = int(estimated * factor)
    return Squeeze(state, run, agent, past_of(state, run), window, fixed, factor, before, room)


def _smaller(squeeze: Squeeze) -> Compact | Record | None:
    results = _results(squeeze)
    if results is not None and results.tokens_after <= min(ENOUGH * squeeze.room, SMALLER * squeeze.before):
        return Record((results,))
    first = _first_kept(squeeze)
    if first > 0:
        summarised = _summarised(squeeze, first)
        if summarised.compacted.tokens_after + SPARE * summarised.size <= min(ENOUGH * squeeze.room, SMALLER * squeeze.before):
            return summarised if _worth_asking(squeeze, first) else Record((_extracted(squeeze, summarised),))
    smallest: ContextCompacted | None = None
    for tight in _tightest(squeeze):
        if smallest is None or tight.tokens_after < smallest.tokens_after:
            smallest = tight
        if tight.tokens_after <= ENOUGH * squeeze.room:
            break
    return Record((smallest,)) if smallest is not None and smallest.tokens_after <= SMALLER * squeeze.before else None


def _worth_asking(squeeze: Squeeze, first: int) -> bool:
    old = squeeze.state.compacted
    return squeeze.room >= ASKABLE and (first >= FEW or old is None or not old.summary)


def _results(squeeze: Squeeze) -> ContextCompacted | None:
    """Return the first step; None where it was taken already."""
    past, old = squeeze.past, squeeze.state.compacted
    index = len(past.pieces) - NEWEST
    if index <= (0 if old is None else index_of(past, old.whole_from)):
        return None
    kept = ContextCompacted("", 0, 0) if old is None else old
    whole = place_of(past, index)
    return squeeze.with_less(_new(squeeze, "results", kept.summary, kept.shown_from, whole, kept.longest))


def _first_kept(squeeze: Squeeze) -> int:
    """Return the index of the oldest piece that stays beside a summary: as many of the newest as fit, the last turn in any case.

    A run's first reply stays with its message.
    """
    pieces = squeeze.past.pieces
    left = AIM * squeeze.room / squeeze.factor - squeeze.fixed - SPARE * _summary_tokens(squeeze) - tokens_of_text(squeeze.run.request)
    index = last = _last_turn(squeeze)
    left -= sum(tokens_of(words_of(piece)) for piece in pieces[last:])
    while index > 0 and (left := left - _old(pieces[index - 1], len(pieces) - index)) >= 0:
        index -= 1
    index = max(index, min(last, first_shown(len(pieces), squeeze.window)))
    return index_of(squeeze.past, place_of(squeeze.past, index)) if pieces else 0


def _last_turn(squeeze: Squeeze) -> int:
    """Return where this run's last turn lies, or its request while it has none."""
    pieces = squeeze.past.pieces
    own = next((first for first, run, _ in squeeze.past.places if run == squeeze.run.id), 0)
    return next((place for place in range(len(pieces) - 1, own, -1) if isinstance(pieces[place], Turn)), min(own, len(pieces)))


def _old(piece: Piece, back: int) -> int:
    return tokens_of(words_of(piece, SHORTENED) if back >= NEWEST else words_of(piece))


def _summarised(squeeze: Squeeze, first: int) -> Compact:
    past, old = squeeze.past, squeeze.state.compacted
    whole = place_of(past, max(first, len(past.pieces) - NEWEST))
    before = "" if old is None else old.summary
    longest = 0 if old is None else old.longest
    compacted = squeeze.with_less(_new(squeeze, "model", "", place_of(past, first), whole, longest))
    fallen, tokens = past.pieces[:first], _summary_tokens(squeeze)
    words = transcript(fallen, squeeze.run.request, before, int(AIM * squeeze.room))
    instead = extract(fallen, before, tokens * BYTES_A_TOKEN)
    return Compact(compacted, words, instead, tokens, max(tokens, squeeze.agent.max_tokens))


def _summary_tokens(squeeze: Squeeze) -> int:
    return min(SUMMARY, squeeze.room // 8)


def _extracted(squeeze: Squeeze, compact: Compact) -> ContextCompacted:
    return squeeze.with_less(replace(compact.compacted, by="extract", summary=compact.instead))


def _tightest(squeeze: Squeeze) -> Iterator[ContextCompacted]:
    past, old = squeeze.past, squeeze.state.compacted
    first = _last_turn(squeeze)
    place = place_of(past, first) if first < len(past.pieces) else None if old is None else old.shown_from
    before = "" if old is None else old.summary
    for longest in LONGEST:
        summary = extract(past.pieces[:first], before, min(longest, _summary_tokens(squeeze) * BYTES_A_TOKEN)) or before
        yield squeeze.with_less(_new(squeeze, "extract", summary, place, place, longest))


def _new(squeeze: Squeeze, by: str, summary: str, shown_from: Place | None, whole_from: Place | None, longest: int) -> ContextCompacted:
    return ContextCompacted(by, squeeze.before, 0, summary, shown_from, whole_from, longest)
