"""The order key: sortable, within 63 bits, distinct for articles of one instant."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from shared.article_store.document import order_key, order_start

LAST = 2**63 - 1
ids = st.binary(max_size=8).map(lambda content: hashlib.sha256(content).hexdigest())


@given(st.integers(0, 2**41 - 2), ids, ids)
def test_a_later_time_has_a_higher_key_whatever_the_articles(milliseconds, one, other):
    assert order_start(milliseconds) <= order_key(milliseconds, one) < order_start(milliseconds + 1)
    assert order_key(milliseconds, one) < order_key(milliseconds + 1, other)


@given(st.integers(-(10**14), 10**15), ids)
def test_every_time_fits(milliseconds, article_id):
    assert 0 <= order_key(milliseconds, article_id) <= LAST


def test_articles_of_one_instant_are_told_apart():
    keys = {order_key(1_772_452_800_000, hashlib.sha256(str(n).encode()).hexdigest()) for n in range(100)}

    assert len(keys) == 100
