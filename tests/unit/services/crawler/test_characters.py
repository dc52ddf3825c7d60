import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.crawler.characters import readable


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Mill sells weir \ud83d", "Mill sells weir "),
        ("\udc00\ud83d\udf0a", ""),
        ("bell\x07, escape\x1b[2J, nul\x00, delete\x7f", "bell, escape[2J, nul, delete"),
        ("1990\x962000 \x93said\x94\x85 \x81", "1990–2000 “said”… "),
        ("invoice\u202etxt.exe\u202c \u2067over\u2069", "invoicetxt.exe over"),
        ("Fluss\xadufer, news\u200bweir\ufeff, no\u2060break", "Flussufer, newsweir, nobreak"),
    ],
)
def test_what_nobody_can_read_is_left_out(written, read):
    assert readable(written) == read


@pytest.mark.parametrize(
    "text", ["", "a\tb\r\nc\x0b\x0cd\x1ce\x85"[:-1], "Größe 水 👩‍👩‍👧 می‌خواهم \u200fשלום\u200e", "a\xa0b\u2028c"]
)
def test_letters_blanks_and_what_joins_them_stay(text):
    assert readable(text) == text


@given(st.text(st.characters(categories=("Cc", "Cf", "Cs", "Lu", "Zs", "So"))))
def test_whatever_is_read_is_text_and_stays_as_it_is_when_read_again(text):
    once = readable(text)

    assert once.encode().decode() == once == readable(once)
    assert json.loads(json.dumps(once)) == once
