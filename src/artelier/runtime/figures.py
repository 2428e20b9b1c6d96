"""What a running house counts, for its metrics."""

from collections.abc import Iterator

from artelier.engine.experience import Tally
from artelier.runtime.house import House
from artelier.telemetry.metrics import Figure

_AHEAD = {
    "foreseen": "Calls that were foreseen",
    "right": "Foreseen calls that were then asked for",
    "run": "Calls run before anybody asked",
    "run_and_right": "Calls run before anybody asked that were then asked for",
    "seconds_run": "Seconds of work done before anybody asked",
    "seconds_wasted": "Seconds of work done that nobody asked for",
}

_SEMANTIC = {
    "looked": "Questions for which like ones were looked for",
    "failures": "Questions for which the embedder gave nothing usable",
    "vetoed": "Near questions that differ in a number, a negation or a name",
    "near": "Questions with a like one that nothing speaks against",
    "hits": "Questions answered by a like one's answer; in shadow mode those that would have been",
    "right": "Answers that stood, compared with the model's own, that were as it",
    "wrong": "Answers that stood, compared with the model's own, that were another",
    "learned": "Comparisons of answers that were learned from",
    "kept": "Answered questions kept",
    "reported": "Answers that a person reported as wrong",
    "saved": "US dollars that hits would have cost; in shadow mode nothing is saved, this is what would have been",
    "spent": "US dollars that embeddings cost",
}


def figures_of(house: House) -> Iterator[Figure]:
    """Return every figure of the house."""
    yield Figure("artelier_runs_at_work", "Runs that this process works on", house.workforce.busy, counts=False)
    counts = house.workspaces.counts()
    yield Figure("artelier_tool_cache_hits", "Results given again after their files were checked", counts.hits)
    yield Figure("artelier_tool_cache_misses", "Readings done anew", counts.misses)
    yield Figure("artelier_tool_cache_stale", "Results dropped because a file had changed", counts.stale)
    yield Figure("artelier_tool_cache_saved_seconds", "Seconds that results given again had taken", counts.saved_seconds)
    prefixes = house.standing.now.outside.prefixes
    yield Figure("artelier_prompt_requests", "Requests to models that continue a run", prefixes.requests)
    yield Figure("artelier_prompt_prefix_cuts", "Requests whose beginning was changed on purpose", prefixes.cuts)
    yield Figure(
        "artelier_prompt_prefix_breaks", "Requests whose beginning nobody meant to change: providers cache none of it", prefixes.breaks
    )
    left_alone = house.models.left_alone
    yield Figure(
        "artelier_models_left_alone", "Models that failed again and again and are not asked for a while", len(left_alone), counts=False
    )
    for model in left_alone:
        yield Figure("artelier_model_left_alone", "Whether a model is left alone", 1, (("model", model),), counts=False)
    yield from _tiers(house)
    yield from _semantic(house)
    for agent, tally in sorted(house.experiences.tallies().items()):
        yield from _ahead(agent, tally)


def _tiers(house: House) -> Iterator[Figure]:
    caches = house.caches
    for tier, cache in (("memory", caches.near), (caches.far_kind, caches.far)):
        label, counts = (("tier", tier),), cache.counts
        yield Figure("artelier_cache_hits", "Values that a tier had", counts.hits, label)
        yield Figure("artelier_cache_misses", "Values that a tier did not have", counts.misses, label)
        yield Figure("artelier_cache_puts", "Values put into a tier", counts.puts, label)
        yield Figure("artelier_cache_put_bytes", "Bytes put into a tier", counts.bytes_put, label)
        yield Figure("artelier_cache_failures", "How often a tier could not be read or written", cache.failures, label)
        if cache.bytes_used is not None:
            yield Figure("artelier_cache_bytes", "Bytes that a tier keeps, about", cache.bytes_used, label, counts=False)
    if caches.replies is not None:
        replies = caches.replies.counts
        yield Figure("artelier_reply_cache_hits", "Replies given again", replies.hits)
        yield Figure("artelier_reply_cache_joined", "Requests answered by another's equal one", replies.joined)
        yield Figure("artelier_reply_cache_misses", "Requests whose reply was not there", replies.misses)
        yield Figure("artelier_reply_cache_stored", "Replies kept", replies.stored)


def _semantic(house: House) -> Iterator[Figure]:
    if house.semantics is not None:
        label = (("mode", "on" if house.semantics.likes.answers else "shadow"),)
        score = house.semantics.likes.scores.all
        for name, meaning in _SEMANTIC.items():
            yield Figure(f"artelier_semantic_cache_{name}", meaning, getattr(score, name), label)
        yield Figure(
            "artelier_semantic_cache_net_dollars",
            "US dollars saved, less what embeddings cost: below zero where it does not pay",
            score.net,
            label,
            counts=False,
        )


def _ahead(agent: str, tally: Tally) -> Iterator[Figure]:
    for name, meaning in _AHEAD.items():
        yield Figure(f"artelier_read_ahead_{name}", meaning, getattr(tally, name), (("agent", agent),))
