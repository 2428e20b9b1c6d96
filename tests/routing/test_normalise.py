import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.routing.layout import put_right
from artelier.routing.normalise import normalise


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ghbdtn", "привет"),
        ("ljrevtynfwb. yflj j,yjdbnm", "документацию надо обновить"),
        ("gjxtve ytn rfhnbyjr&", "почему нет картинок&"),
        ("зкште еру куыгде", "print the result"),
        ("починить тесты", "починить тесты"),
        ("rename the column", "rename the column"),
        ("kubectl get pods", "kubectl get pods"),
        ("запусти kubectl и docker", "запусти kubectl и docker"),
        ("обнови ljrevtynfwb.", "обнови документацию"),
        ("src/app.ts", "src/app.ts"),
        ("", ""),
    ],
)
def test_words_in_the_wrong_layout_are_turned_and_others_stay(typed, meant):
    assert put_right(typed) == meant


def test_case_and_yo_and_width_do_not_matter():
    assert normalise("ЕЩЁ раз").prose == normalise("еще РАЗ").prose
    assert normalise("Ｆｉｘ　it").prose == "fix it"


def test_a_traceback_is_told_apart_from_what_is_said():
    found = normalise('Why?\nTraceback (most recent call last):\n  File "a.py", line 1, in <module>\nKeyError: 1')
    assert (found.prose, found.trace, found.log, found.code, found.error_name) == ("why?", True, True, False, True)
    assert found.pasted.endswith("keyerror: 1")


def test_code_is_no_log():
    found = normalise("Explain:\n```python\nfor x in xs:\n    print(x)\n```")
    assert (found.prose, found.code, found.log) == ("explain:", True, False)


def test_long_requests_are_read_at_both_ends():
    found = normalise("begin " + "x " * 100_000 + " end")
    assert found.prose.startswith("begin")
    assert found.prose.endswith("end")
    assert len(found.prose) < 5000


def test_pasted_logs_are_shortened_to_their_end():
    log = "\n".join(f"2024-05-02 11:03:{second:02} ERROR worker failed" for second in range(60))
    assert len(normalise(log).pasted) == 300


@given(st.text(max_size=300))
def test_any_text_can_be_normalised_again_and_again(text):
    assert normalise(text) == normalise(text)
