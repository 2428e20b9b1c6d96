"""What is said of a run whose model is away: it waits, and goes on by itself."""

from artelier.domain.errors import ProviderError, ProviderUnavailable, RateLimited
from artelier.domain.events import ModelFailed
from artelier.domain.runs import RunRecord, RunStatus, WaitReason
from artelier.runtime.house import House


async def model_away(house: House, run: RunRecord, after: int) -> ProviderError | None:
    """Return why a run waits for its model, and when that is asked again; None where it does not. ``after``: a place before the failure."""
    if run.status is not RunStatus.WAITING or run.wait_reason != WaitReason.MODEL or run.wake_at is None:
        return None
    events = await house.store.read(run.session, after=after)
    failed = next((event.payload for event in reversed(events) if event.run == run.id and isinstance(event.payload, ModelFailed)), None)
    why = "" if failed is None else f"{failed.message} "
    seconds = max(0.0, (run.wake_at - house.clock.now()).total_seconds())
    told = f"{why}It is asked again at {run.wake_at:%H:%M:%S} UTC, and the run goes on by itself."
    kind = RateLimited if failed is not None and failed.code == RateLimited.code else ProviderUnavailable
    return kind(told, retry_after=round(seconds, 1))
