"""A model is connected while the house is open: asked once, its key kept apart, in force at once, and nothing written where it fails."""

import asyncio
import stat

import pytest
from house_stage import Stage, run

from artelier.domain.errors import Conflict, CredentialsRefused, InvalidRequest, ProviderUnavailable, SettingsError
from artelier.providers.local import LocalServer
from artelier.runtime.connecting import ModelDesk
from artelier.runtime.settings_desk import SettingsDesk
from small_model import GOOD, small_model

MODELS = '# chosen by hand\n[models]\ndefault = "rehearsal"\n\n[routing]\nlearned = false\nuse_model = false\n'
AT = '\n[models.providers.openai]\nbase_url = "{}"\n'


def whole(stage, text):
    stage.file.write_text(text)


def desk(house, *found):
    async def search():
        return found

    return ModelDesk(house.standing, house.reloader, house.state_folder, search)


async def test_a_model_that_answers_is_the_default_at_once(tmp_path):
    stage = Stage(tmp_path)
    async with small_model() as model:
        whole(stage, MODELS + AT.format(model.base_url))
        async with stage.open() as house:
            connected = await desk(house).connect("openai", f" {GOOD}\n", "openai/small")
            assert (connected.model, connected.reply) == ("openai/small", "ready")
            record = await run(house, "Hello")
            assert (record.status, record.reply) == ("finished", "ready")
    key = stage.state / "keys" / "openai"
    assert key.read_text() == GOOD
    assert [stat.S_IMODE(path.stat().st_mode) for path in (key, key.parent)] == [0o600, 0o700]
    text = stage.file.read_text()
    assert GOOD not in text
    assert text.startswith("# chosen by hand")
    assert stage.read().settings.models.providers["openai"].api_key.get_secret_value() == GOOD
    assert [name for name, _ in model.asked] == ["small", "small"]


async def test_a_key_that_is_refused_changes_nothing(tmp_path):
    stage = Stage(tmp_path)
    async with small_model() as model:
        whole(stage, text := MODELS + AT.format(model.base_url))
        async with stage.open() as house:
            with pytest.raises(CredentialsRefused):
                await desk(house).connect("openai", "sk-wrong", "small")
            assert house.models.default == "rehearsal"
    assert stage.file.read_text() == text
    assert not (stage.state / "keys").exists()


async def test_settings_that_cannot_be_written_leave_the_old_key(tmp_path):
    stage = Stage(tmp_path)
    async with small_model() as model:
        whole(stage, MODELS + AT.format(model.base_url))
        async with stage.open() as house:
            await desk(house).connect("openai", GOOD, "small")
            key = stage.state / "keys" / "openai"
            key.write_text("an older one")
            stage.file.write_text(stage.file.read_text().replace("[models]", "[models]\nprovider = 1"))
            with pytest.raises(SettingsError):
                await desk(house).connect("openai", GOOD, "small")
            assert key.read_text() == "an older one"


async def test_yandex_is_told_the_folder_and_other_headers_stay_where_they_are(tmp_path):
    stage = Stage(tmp_path)
    async with small_model() as model:
        whole(stage, MODELS + AT.replace("openai", "yandex").format(model.base_url))
        stage.environment = {"ARTELIER_MODELS__PROVIDERS__YANDEX__HEADERS": '{"X-Team": "secret team"}'}
        async with stage.open() as house:
            connected = await desk(house).connect("yandex", GOOD, "gpt://b1g/yandexgpt/latest")
            assert connected.model == "yandex/gpt://b1g/yandexgpt/latest"
    assert model.asked[0][1]["openai-project"] == "b1g"
    assert "secret team" not in stage.file.read_text()
    assert 'OpenAI-Project = "b1g"' in stage.file.read_text()


async def test_the_key_that_is_there_serves_another_model(tmp_path):
    stage = Stage(tmp_path)
    async with small_model() as model:
        whole(stage, MODELS + AT.format(model.base_url))
        async with stage.open() as house:
            await desk(house).connect("openai", GOOD, "small")
            assert (await desk(house).connect("openai", "", "large")).model == "openai/large"


async def test_a_server_of_this_machine_needs_no_key(tmp_path):
    stage = Stage(tmp_path)
    async with small_model() as model:
        whole(stage, MODELS)
        found = LocalServer("Ollama", model.base_url, ("small",))
        async with stage.open() as house:
            sources = {source.name: source for source in await desk(house, found).sources()}
            assert (sources["ollama"].answers, sources["ollama"].models) == (True, ("small",))
            assert not sources["lmstudio"].answers
            assert sources["openai"].model
            with pytest.raises(CredentialsRefused):
                await desk(house, found).connect("ollama", "", "small")
            with pytest.raises(InvalidRequest, match="Nothing answers"):
                await desk(house).connect("ollama", "", "small")


async def test_a_server_of_this_machine_is_asked_with_the_key_that_was_typed(tmp_path):
    stage = Stage(tmp_path)
    async with small_model() as model:
        whole(stage, MODELS)
        found = LocalServer("Ollama", model.base_url, ("small",))
        async with stage.open() as house:
            with pytest.raises(InvalidRequest, match="one word"):
                await desk(house, found).connect("ollama", "two words", "small")
            with pytest.raises(CredentialsRefused):
                await desk(house, found).connect("ollama", "sk-wrong", "small")
            assert not (stage.state / "keys").exists()
            assert (await desk(house, found).connect("ollama", GOOD, "small")).model == "ollama/small"
            assert (await run(house, "Hello")).reply == "ready"


@pytest.mark.parametrize(
    ("source", "key", "model", "why"),
    [
        ("nobody", "k", "m", "no source of models"),
        ("openai", "", "m", "needs a key"),
        ("openai", "two words", "m", "one word"),
        ("openai", "k\r\nHost: evil", "m", "one word"),
        ("openai", "ключ", "m", "one word"),
        ("openai", "k", " ", "which model"),
        ("openai", "k", "openai/", "which model"),
        ("yandex", "k", "gpt://FOLDER_ID/yandexgpt/latest", "holds a place"),
        ("../../etc", "k", "m", "no source of models"),
    ],
)
async def test_what_cannot_be_asked_is_refused_before_it_is(tmp_path, source, key, model, why):
    stage = Stage(tmp_path)
    whole(stage, MODELS)
    async with stage.open() as house:
        with pytest.raises(InvalidRequest, match=why):
            await desk(house).connect(source, key, model)
    assert stage.file.read_text() == MODELS


async def test_a_default_that_nobody_offers_is_not_written(tmp_path):
    stage = Stage(tmp_path)
    whole(stage, MODELS)
    async with stage.open() as house:
        with pytest.raises(SettingsError, match="no provider 'nobody'"):
            await SettingsDesk(house.standing, house.reloader).change({"models.default": "nobody/x"}, operator=False)
    assert stage.file.read_text() == MODELS


async def test_the_environment_wins_and_that_is_said(tmp_path):
    stage = Stage(tmp_path)
    async with small_model() as model:
        whole(stage, MODELS + AT.format(model.base_url))
        stage.environment = {"ARTELIER_MODELS__DEFAULT": "rehearsal"}
        async with stage.open() as house:
            with pytest.raises(Conflict, match="environment"):
                await desk(house).connect("openai", GOOD, "small")


async def test_models_of_before_serve_their_runs_and_are_closed_then(tmp_path):
    stage = Stage(tmp_path)
    provider = f'api_key = "{GOOD}"\n'
    async with small_model() as model:
        model.hold = asyncio.Event()
        whole(stage, MODELS.replace("rehearsal", "openai/small") + AT.format(model.base_url) + provider)
        async with stage.open() as house:
            await house.reloader.stop()
            old = house.models.providers["openai"]
            at_work = asyncio.ensure_future(run(house, "Hello"))
            await model.begun.wait()
            whole(stage, MODELS)
            assert (await house.reloader.reload()).problems == ()
            await house.reloader.look()
            assert "openai" not in house.models.providers
            model.hold.set()
            assert (await at_work).reply == "ready"
            async with asyncio.timeout(10):
                while not await is_closed(old):
                    await house.reloader.look()


async def is_closed(provider):
    try:
        await provider.list_models()
    except (ProviderUnavailable, RuntimeError):
        return True
    return False


async def test_models_that_cannot_be_built_are_told_and_those_of_before_stay(tmp_path):
    stage = Stage(tmp_path)
    whole(stage, MODELS)
    async with stage.open() as house:
        whole(stage, MODELS + '[models.providers.mine]\nkind = "openai"\n')
        (problem,) = (await house.reloader.reload()).problems
        assert "mine has no base_url" in problem
        assert (await run(house, "List the files")).status == "finished"


async def test_a_key_file_that_is_not_there_is_told(tmp_path):
    stage = Stage(tmp_path)
    whole(stage, MODELS + AT.format("http://127.0.0.1:9/v1") + f'api_key_file = "{tmp_path}/none"\n')
    (problem,) = stage.read().problems
    assert problem.setting == "models.providers.openai.api_key_file"
    assert (problem.line, problem.code) == (
        stage.file.read_text().splitlines().index(f'api_key_file = "{tmp_path}/none"') + 1,
        "key_unreadable",
    )
    assert "Errno" not in problem.message


async def test_a_lost_key_is_replaced_by_connecting_again(tmp_path):
    stage = Stage(tmp_path)
    async with small_model() as model:
        whole(stage, MODELS + AT.format(model.base_url))
        async with stage.open() as house:
            await desk(house).connect("openai", GOOD, "small")
            (stage.state / "keys" / "openai").unlink()
            with pytest.raises(SettingsError, match="key cannot be read"):
                await desk(house).connect("openai", "", "large")
            assert (await desk(house).connect("openai", GOOD, "large")).model == "openai/large"
            assert house.reloader.report.problems == ()
