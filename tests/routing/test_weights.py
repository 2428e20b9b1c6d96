import pytest

from artelier.domain.errors import ArtelierError
from artelier.routing.weights import SHIPPED, load, pack


def test_the_shipped_weights_are_small_and_for_the_five_agents():
    weights = load()
    assert set(weights.header.agents) == {"orchestrator", "coder", "architect", "debug", "ask"}
    assert 0 < weights.header.low < weights.header.high < 1
    assert SHIPPED.stat().st_size < 2_000_000


def test_what_is_packed_is_read_back_byte_for_byte(tmp_path):
    file = tmp_path / "w"
    file.write_bytes(pack(load()))
    assert load(file) == load()
    assert file.read_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda content: b"", "no file of weights"),
        (lambda content: b"\x80\x04" + content, "no file of weights"),
        (lambda content: content[:-1], "damaged"),
        (lambda content: content[:-1] + bytes([content[-1] ^ 1]), "damaged"),
        (lambda content: content.replace(b'"agents":[', b'"agents":{', 1), "damaged"),
        (lambda content: content.replace(b',"ask"]', b"]", 1), "made for other features"),
    ],
)
def test_a_damaged_file_says_what_to_do(tmp_path, damage, told):
    file = tmp_path / "w"
    file.write_bytes(damage(SHIPPED.read_bytes()))
    with pytest.raises(ArtelierError, match=told) as caught:
        load(file)
    assert "just train-router" in caught.value.message


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ArtelierError, match="nowhere"):
        load(tmp_path / "nowhere")
