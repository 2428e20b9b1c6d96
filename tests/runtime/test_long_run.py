"""A long run in a whole house with a model that takes little: it ends, and no step costs more than the ones before."""

from house_stage import Stage, run

from artelier.domain.calls import Access, ResultStatus, ToolResult, ToolSpec

STEPS = 60


class Look:
    """A tool that finds much, and each time something else."""

    spec = ToolSpec("look", "Looks.", {"type": "object"}, repeatable=True, effect="read")

    def access(self, arguments):
        return Access(reads=frozenset({"."}))

    def describe(self, arguments):
        return "look"

    async def preview(self, arguments, workspace):
        return ""

    def check(self, arguments):
        pass

    async def run(self, call, scope):
        return ToolResult(ResultStatus.DONE, f"{call.arguments['number']}: " + "word " * 400)


def stage_of(folder, steps, context_tokens, *more):
    looks = [{"calls": [{"name": "look", "arguments": {"number": number}}]} for number in range(steps)]
    stage = Stage(folder, *looks, {"text": "Seen."}, *more)
    stage._models += f"context_tokens = {context_tokens}\n"
    stage.settings("[limits]\nsteps = 0\ncalls = 0\ntokens = 0")
    stage.agent("looker", tools=["look"], max_tokens=500)
    return stage


async def events_of(stage):
    async with stage.open(Look()) as house:
        record = await run(house, "look at it all", "looker")
        assert (record.status, record.reply) == ("finished", "Seen."), record.message
        return [event.payload for event in await house.store.read(record.session)]


async def test_sixty_steps_fit_a_small_model(tmp_path):
    told = await events_of(stage_of(tmp_path, STEPS, 6_000, {"text": "They looked.", "summary": True}))
    asked = [payload.usage.input_tokens for payload in told if payload.type == "model_replied"]
    assert len(asked) == STEPS + 1
    assert max(asked[40:]) <= max(asked[:20]) * 1.1
    assert max(asked) < 5_500
    summaries = [payload for payload in told if payload.type == "context_compacted"]
    assert {"model"} <= {each.by for each in summaries}
    assert len(summaries) <= STEPS / 4, "the prefix changes once in several steps"


async def test_a_large_model_is_not_asked_for_summaries(tmp_path):
    told = await events_of(stage_of(tmp_path, STEPS, 128_000))
    asked = [payload.usage.input_tokens for payload in told if payload.type == "model_replied"]
    assert max(asked[40:]) <= max(asked[:25]) * 1.1
    assert not any(payload.type == "context_compacted" for payload in told)
