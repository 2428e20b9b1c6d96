"""The first settings are read as they were meant."""

import pytest

from artelier.cli.initial import as_toml, offers
from artelier.settings import Places, read_settings


@pytest.mark.parametrize("source", [source for source in offers(()) if source.base_url], ids=lambda source: source.name)
def test_what_is_written_is_read_again(source, tmp_path):
    file = tmp_path / "artelier.toml"
    file.write_text(as_toml(source), "utf-8")
    found = read_settings(Places(file, named=True, state_folder=tmp_path), {source.key_variable: "k"})
    assert found.problems == ()
    provider = found.settings.models.providers[source.name]
    assert (provider.kind, provider.base_url) == (source.kind or "openai", source.base_url)
    assert provider.api_key.get_secret_value() == "k"
    assert found.settings.models.default == f"{source.name}/{source.model}"
