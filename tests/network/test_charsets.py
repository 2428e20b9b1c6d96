import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artelier.network.charsets import decode_page, known_encoding

RUSSIAN = "Артель пишет письма и читает страницы: ёлка, съезд, объём. Ничего лишнего."


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-8", "cp866", "iso8859-5"])
def test_what_the_server_says_counts(encoding):
    assert decode_page(RUSSIAN.encode(encoding), encoding, markup=False).text == RUSSIAN


@pytest.mark.parametrize(
    "head", ['<meta charset="{}">', "<META http-equiv=Content-Type content='text/html; charset={}'>", '<?xml version="1.0" encoding="{}"?>']
)
@pytest.mark.parametrize("encoding", ["windows-1251", "KOI8-R"])
def test_what_the_page_says_counts(head, encoding):
    page = head.format(encoding) + RUSSIAN
    assert decode_page(page.encode(encoding), "", markup=True).text == page


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-8"])
def test_without_a_word_it_is_guessed(encoding):
    assert decode_page(RUSSIAN.encode(encoding), "", markup=True).text == RUSSIAN


def test_accents_are_guessed_as_latin():
    text = "Le café est fermé; déjà vu à l'été, garçon."
    assert decode_page(text.encode("cp1252"), "", markup=False) == (text, "cp1252")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_beat_what_is_said(encoding):
    assert decode_page(RUSSIAN.encode(encoding), "koi8-r", markup=True).text == RUSSIAN


def test_a_page_that_lies_about_utf_8_is_still_read():
    assert "�" in decode_page(RUSSIAN.encode("cp1251"), "utf-8", markup=False).text


@pytest.mark.parametrize("label", ["zlib", "hex", "rot13", "utf-7", "idna", "unicode_escape", "base64", "\0", "x" * 40, "undefined"])
def test_codecs_that_are_no_encodings_are_not_used(label):
    assert known_encoding(label) == ""


@settings(max_examples=40)
@given(st.binary(max_size=300), st.text(max_size=12))
def test_any_bytes_become_text(content, told):
    assert isinstance(decode_page(content, told, markup=True).text, str)
