"""Cursors: opaque, sealed with their question."""

import pytest

from shared.article_store.sealing import open_cursor, sealed_cursor
from shared.errors import InvalidInput


def test_a_cursor_gives_back_what_was_sealed():
    assert open_cursor("question", sealed_cursor("question", 7, "id")) == (7, "id")


@pytest.mark.parametrize(
    "cursor", ["", "%%%", "bnVsbA", "é", sealed_cursor("other", 7, "id"), sealed_cursor("q", -1, "")]
)
def test_what_was_not_sealed_with_the_question_is_refused(cursor):
    with pytest.raises(InvalidInput, match="start again"):
        open_cursor("q", cursor)
