import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrichment.stories.fingerprint import Fingerprint, Glance, Likeness, fingerprint, likeness, smallest
from tests.eval.stories.editing import copied, moulded
from tests.prose import cut, prose

FOOT = (
    "About the company: it was founded in 1911 in Aldham by Ada Brandt and employs 4,200 people in 17 countries. "
    "Its shares are listed in Farlow under the symbol WEIR. Statements about the future are subject to risks, and "
    "nobody should rely on them. The company does not undertake to bring them up to date unless the law requires it. "
    "For questions write to the press office, which is open from Monday to Friday between nine and five o'clock. "
)
HAN = "市政府星期一宣布，将在未来五年内投资三十亿元人民币，用于改造老城区的供水管网，并新建两座污水处理厂。"
MORE_HAN = "负责该项目的工程师表示，首批工程将于明年春天动工，届时部分道路将临时封闭，居民可以在网站上查询停水时间。"


def compare(one: str, other: str) -> Likeness:
    return likeness(fingerprint(one), fingerprint(other))


@given(st.text(max_size=400))
def test_any_text_has_a_fingerprint_that_is_decoded_as_it_was_encoded(text):
    prints = fingerprint(text)

    assert Fingerprint.decode(prints.encode()) == prints
    assert fingerprint(text) == prints


@pytest.mark.parametrize("share", [0.4, 0.6, 1.0])
def test_a_text_that_was_cut_and_given_another_head_and_foot_is_a_copy(share):
    text = prose(1)

    found = compare(text, f"FARLOW (Agency) - {cut(text, share)} " + "Read on in the newsletter of our own desk. " * 3)

    assert found.copy


@pytest.mark.parametrize("edits", [0.05, 0.1, 0.15])
def test_copies_are_told_in_spite_of_edits(edits):
    texts = [prose(seed, 400) for seed in range(40)]

    told = [compare(text, copied(text, random.Random(seed), edits=edits)).copy for seed, text in enumerate(texts)]

    assert sum(told) >= 38


def test_likeness_does_not_depend_on_which_text_comes_first():
    text = prose(1)
    pairs = [(text, cut(text, 0.5)), (text, prose(2)), (HAN + MORE_HAN, HAN), ("", text)]

    assert all(compare(one, other) == compare(other, one) for one, other in pairs)


@pytest.mark.parametrize("words", [0, 12, 30, 240])
@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 1.0])
def test_texts_are_alike_by_a_glance_where_they_are_by_all_their_hashes(words, share):
    texts = [prose(seed, words) for seed in range(5)]
    texts += [f"{cut(text, share)} {prose(seed + 50, words)}" for seed, text in enumerate(texts)]
    pairs = [(fingerprint(one), fingerprint(other)) for one in texts for other in texts]

    told = [Glance(one).alike(other) for one, other in pairs]

    known = [likeness(one, other) for one, other in pairs]
    assert told == [found if found.alike else None for found in known]


def test_other_texts_are_no_copies_and_share_no_band():
    prints = [fingerprint(prose(seed)) for seed in range(60)]

    pairs = [(one, other) for at, one in enumerate(prints) for other in prints[:at]]

    assert not any(likeness(one, other).alike for one, other in pairs)
    assert not any(set(one.bands) & set(other.bands) for one, other in pairs)


def test_a_copy_shares_a_band_with_what_it_copies():
    texts = [prose(seed, 400) for seed in range(60)]

    shared = [
        set(fingerprint(text).bands) & set(fingerprint(copied(text, random.Random(seed), edits=0.1)).bands)
        for seed, text in enumerate(texts)
    ]

    assert all(shared)


@pytest.mark.parametrize("seed", range(4))
def test_texts_of_one_mould_are_alike_and_no_copies(seed):
    for texts in moulded(random.Random(seed)):
        pairs = [(one, other) for at, one in enumerate(texts) for other in texts[:at]]

        assert all(compare(*pair).alike for pair in pairs)
        assert not any(compare(*pair).copy for pair in pairs)


def test_articles_that_share_a_long_foot_alone_are_no_copies():
    one, other = cut(prose(1), 0.35), cut(prose(2), 0.35)

    found = compare(one + " " + FOOT, other + " " + FOOT)

    assert found.share > 0.28
    assert not found.copy


def test_the_same_words_about_other_figures_are_no_copy():
    text = prose(1)
    rng = random.Random(3)
    other = " ".join(str(rng.randint(11, 99_999)) if word[0].isdigit() else word for word in text.split())

    found = compare(text, other)

    assert (found.alike, found.copy) == (True, False)


def test_chinese_texts_are_compared_by_runs_of_characters():
    text = HAN + MORE_HAN

    assert compare(text, "本报讯 " + HAN + MORE_HAN[:30]).copy
    assert not compare(HAN * 2, MORE_HAN * 2).alike


def test_very_short_texts_are_copies_only_where_nearly_all_is_the_same():
    one = "The council met on Monday to discuss matter number 1."

    assert compare(one, one).copy
    assert not compare(one, "The council met on Tuesday to discuss matter number 2.").copy
    assert not compare("Hello.", "Hello.").copy


def test_a_text_of_any_length_has_a_bounded_fingerprint():
    assert len(fingerprint(prose(1, 60_000)).encode()) <= 600


@given(st.sets(st.integers(0, 2**31 - 1) | st.integers(0, 9), max_size=900), st.integers(1, 90))
def test_the_smallest_hashes_are_kept_however_they_lie(hashes, most):
    assert smallest(hashes, most) == tuple(sorted(hashes)[:most])
