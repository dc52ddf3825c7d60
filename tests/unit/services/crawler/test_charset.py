import pytest

from services.crawler.charset import decode

WORDS = "Größe, façade, Привет"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_outranks_everything(encoding):
    body = f'<meta charset="iso-8859-1">{WORDS}'.encode(encoding)

    assert decode(body, "text/html; charset=iso-8859-1").endswith(WORDS)


def test_the_header_outranks_the_declaration_in_the_page():
    body = '<meta charset="utf-8">Привет'.encode("windows-1251")

    assert decode(body, "text/html; charset=windows-1251").endswith("Привет")


@pytest.mark.parametrize(
    "declaration",
    [
        '<meta charset="windows-1251">',
        "<meta charset=windows-1251>",
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
        '<?xml version="1.0" encoding="windows-1251"?>',
    ],
)
def test_the_declaration_in_the_page_counts_where_the_header_is_silent(declaration):
    body = f"{declaration}Привет".encode("windows-1251")

    assert decode(body, "text/html").endswith("Привет")


def test_latin_1_means_windows_1252_as_in_browsers():
    assert decode(b"\x93quoted\x94", "text/html; charset=ISO-8859-1") == "“quoted”"


def test_a_page_that_says_nothing_and_is_utf_8_is_utf_8():
    assert decode(WORDS.encode(), None) == WORDS


def test_a_page_that_says_nothing_is_guessed():
    body = ("Съвети за читателите на вестника, който излиза всяка сутрин в столицата. " * 5).encode("windows-1251")

    assert "Съвети за читателите" in decode(body, None)


@pytest.mark.parametrize("label", ["hex", "rot13", "punycode", "unicode_escape", "zlib", "no-such", "utf-7", ""])
def test_a_label_that_names_no_encoding_of_text_is_not_believed(label):
    assert decode(WORDS.encode(), f"text/html; charset={label}") == WORDS


def test_xml_in_16_bit_units_without_a_mark_is_recognised():
    assert decode("<rss>Größe</rss>".encode("utf-16-le"), None) == "<rss>Größe</rss>"


def test_broken_bytes_become_replacement_characters():
    assert decode(b"ab\xffcd", "text/html; charset=utf-8") == "ab\ufffdcd"
