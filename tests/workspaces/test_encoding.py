import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artelier.domain.errors import ArgumentsInvalid, FileUnreadable
from artelier.workspaces.encoding import ALL, CP1251, KOI8R, UTF8, Encoding, decode, encode, find_encoding
from artelier.workspaces.folder import LocalWorkspace

SENTENCES = [
    "Съешь же ещё этих мягких французских булок, да выпей чаю.",
    "Ошибка: файл не найден",
    "Привет",
    "привет, мир",
    "Функция возвращает число записей в таблице.",
    "# Настройки сервера\nпорт = 8080\n",
    "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему.",
    "ВНИМАНИЕ! НЕ УДАЛЯТЬ ЭТОТ ФАЙЛ",
    "Имя;Фамилия;Отчество\nИван;Петров;Сергеевич\n",
    "print('Готово')  # конец работы",
    "Итого: 15 шт., «Ромашка»",
]
RUSSIAN = st.text("абвгдежзийклмнопрстуфхцчшщъыьэюяё", min_size=1)
BROKEN = b"\xd0"
"""The beginning of a letter in UTF-8, so that a text in one byte a letter cannot be taken for UTF-8."""


@pytest.mark.parametrize("encoding", [CP1251, KOI8R])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_russian_is_told_apart(sentence: str, encoding: Encoding) -> None:
    try:
        data = sentence.encode(encoding.codec)
    except UnicodeEncodeError:
        assert encoding is KOI8R  # it has no guillemets
        return
    assert find_encoding(data) == encoding
    assert decode(data, encoding) == sentence


@given(
    st.lists(st.sampled_from(SENTENCES[:7]), min_size=1, max_size=5),
    st.sampled_from([CP1251, KOI8R]),
    st.text("abc {}();=\n", max_size=400),
)
def test_russian_among_code_is_told_apart(sentences: list[str], encoding: Encoding, code: str) -> None:
    assert find_encoding(code.join(["", *sentences]).encode(encoding.codec)) == encoding


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.sampled_from([UTF8, *ALL[3:]]))
def test_unicode_is_found_and_kept(text: str, encoding: Encoding) -> None:
    expected = encoding
    data = encode(text, encoding, "a.txt")
    if encoding == UTF8:
        expected = next((marked for marked in ALL[3:] if data.startswith(marked.mark)), UTF8)
    assert find_encoding(data) == expected
    assert encode(decode(data, expected), expected, "a.txt") == data


@given(st.binary())
def test_whatever_is_read_is_written_back_as_it_was(data: bytes) -> None:
    encoding = find_encoding(data)
    if encoding is not None:
        assert encode(decode(data, encoding), encoding, "a.txt") == data


@given(st.binary(min_size=1, max_size=64).map(lambda data: data.replace(b"\0", b"\1")), RUSSIAN)
def test_any_bytes_among_russian_are_kept(data: bytes, russian: str) -> None:
    mixed = russian.encode("cp1251") + data + BROKEN
    encoding = find_encoding(mixed)
    if encoding is not None:
        assert encode(decode(mixed, encoding), encoding, "a.txt") == mixed


@pytest.mark.parametrize(
    "data",
    [
        b"\0",
        b"text\0text",
        b"\xff\xfe\0\0a\0\0\0",
        codecs.BOM_UTF16_LE + b"a\0\0\0",
        bytes(range(1, 200)),
        b"\x1f\x8b\x08\x01\x02\x03\x04\xff\xff",
    ],
)
def test_what_is_no_text_is_binary(data: bytes) -> None:
    assert find_encoding(data) is None


def test_a_beginning_may_end_inside_a_character() -> None:
    text = "ж" * 50
    assert find_encoding(text.encode()[:-1], cut=True) == UTF8
    assert find_encoding(text.encode()[:-1]) != UTF8
    marked = codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    assert find_encoding(marked[:-1], cut=True) == ALL[4]


@pytest.mark.parametrize("encoding", ALL)
async def test_a_file_keeps_its_encoding(tmp_path: Path, encoding: Encoding) -> None:
    workspace = LocalWorkspace(tmp_path)
    text = "Первая строка, ещё не вторая.\r\nВторая строка.\n"
    (tmp_path / "a.txt").write_bytes(encoding.mark + text.encode(encoding.codec))
    view = await workspace.read_text("a.txt")
    assert (view.text, view.encoding, view.lines) == (text, encoding.name, 2)
    await workspace.replace_text("a.txt", "Вторая", "Третья")
    text = text.replace("Вторая", "Третья")
    assert (tmp_path / "a.txt").read_bytes() == encoding.mark + text.encode(encoding.codec)
    await workspace.write_text("a.txt", "Совсем другое.\n")
    assert (tmp_path / "a.txt").read_bytes() == encoding.mark + "Совсем другое.\n".encode(encoding.codec)


async def test_letters_that_an_encoding_lacks_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Просто русский текст".encode("cp1251"))
    workspace = LocalWorkspace(tmp_path)
    with pytest.raises(ArgumentsInvalid, match="cp1251, which has no '中' "):
        await workspace.write_text("a.txt", "русский и 中文")
    assert (tmp_path / "a.txt").read_bytes() == "Просто русский текст".encode("cp1251")


async def test_binary_files_are_described_and_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\0\0")
    workspace = LocalWorkspace(tmp_path)
    described = r"binary, 6 bytes, sha256 [0-9a-f]{64}"
    for call in (workspace.read_text("a.png"), workspace.write_text("a.png", "x"), workspace.replace_text("a.png", "P", "x")):
        with pytest.raises(FileUnreadable, match=described):
            await call
    assert (tmp_path / "a.png").read_bytes() == b"\x89PNG\0\0"
