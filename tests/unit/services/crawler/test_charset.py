import time

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


def test_a_header_of_blanks_is_read_in_linear_time():
    started = time.process_time()

    text = decode(WORDS.encode(), "text/html; charset=" + " " * 60_000 + ";")

    assert text == WORDS
    assert time.process_time() - started < 2


def test_xml_in_16_bit_units_without_a_mark_is_recognised():
    assert decode("<rss>Größe</rss>".encode("utf-16-le"), None) == "<rss>Größe</rss>"


def test_broken_bytes_become_replacement_characters():
    assert decode(b"ab\xffcd", "text/html; charset=utf-8") == "ab\ufffdcd"


@pytest.mark.parametrize(
    ("label", "text", "encoding"),
    [
        ("x-sjis", "日本", "cp932"),
        ("windows-31j", "日本", "cp932"),
        ("windows-949", "한국", "cp949"),
        ("ks_c_5601-1987", "한국", "cp949"),
        ("x-gbk", "中国", "gbk"),
        ("chinese", "中国", "gbk"),
        ("x-x-big5", "中國", "big5"),
        ("iso-8859-8-i", "עיתון", "iso8859-8"),
        ("sun_eu_greek", "νέα", "iso8859-7"),
        ("x-mac-roman", "café", "mac-roman"),
        ("x-cp1251", "Привет", "cp1251"),
        ("koi", "Привет", "koi8-r"),
        ("dos-874", "ข่าว", "cp874"),
        ("L1", "“quoted”", "cp1252"),
        ("x-user-defined", "“quoted”", "cp1252"),
        ("utf-16", "Größe", "utf-8"),
        ("unicode-1-1-utf-8", "Größe", "utf-8"),
        ("cp850", "Größe", "cp850"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_browsers_know_by_the_label(label, text, encoding):
    assert decode(f'<meta charset="{label}">'.encode() + text.encode(encoding), None).endswith(text)


@pytest.mark.parametrize(
    "before",
    [
        '<!-- <meta charset="koi8-r"> -->',
        '<div title="<meta charset=koi8-r>"></div>',
        '<meta name="description" content="set charset=koi8-r">',
        '<meta name="x" content="text/html; charset=koi8-r">',
        '<meta charset="no-such">',
        "<meta charset>",
        "<script>" + "a < b; " * 400 + "</script>",
        "<?xml version='1.0'?>",
        '<meta content="it\'s">',
    ],
)
def test_only_a_declaration_that_is_one_counts(before):
    body = f'{before}<meta charset="windows-1251">Привет'.encode("windows-1251")

    assert decode(body, None).endswith("Привет")


@pytest.mark.parametrize(
    "declaration",
    [
        "<META CONTENT='text/html; charset=windows-1251' HTTP-EQUIV='Content-Type'>",
        "<meta http-equiv=content-type content='text/html;charset = \"windows-1251\"'>",
        "<meta\ncharset = windows-1251 />",
        '<meta charset="windows-1251" charset="koi8-r">',
    ],
)
def test_a_declaration_has_many_forms(declaration):
    assert decode(f"{declaration}Привет".encode("windows-1251"), "text/html").endswith("Привет")


def test_markup_that_looks_like_declarations_without_end_is_read():
    body = b"<meta charset='" * 100_000

    assert decode(body, None) == body.decode()


def test_a_few_broken_characters_do_not_make_a_page_something_else_than_utf_8():
    body = ("Größe und Straße, " * 20).encode()

    text = decode(body + b"caf\xe9" + body[:10].replace(b"\xc3\xb6", b"\xc3"), None)

    assert text.startswith("Größe und Straße, ")


def test_a_page_of_a_few_characters_in_an_old_encoding_is_not_taken_for_broken_utf_8():
    assert "�" not in decode("Le café était fermé à midi, dit-il. ".encode("cp1252") * 3, None)
