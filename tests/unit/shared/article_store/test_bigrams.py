"""Which stretches of a text become pairs of signs."""

import pytest

from shared.article_store.bigrams import runs, spread


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("中国电池", "中国 国电 电池"),
        ("中", "中"),
        ("スマート", "スマ マー ート"),
        ("新しいAIチップ", "新し しい AI チッ ップ"),
        ("삼성전자가", "삼성 성전 전자 자가"),
        ("AI는", "AI 는"),
        ("5月10日", "5 月 10 日"),
        ("𠮷野家", "𠮷野 野家"),
    ],
)
def test_text_without_spaces_becomes_pairs(text, pairs):
    assert spread(text).split() == pairs.split()


def test_thai_marks_stay_with_the_sign_they_belong_to():
    assert spread("น้ำดื่ม").split() == ["น้ำ", "ำดื่", "ดื่ม"]


def test_text_with_spaces_stays_as_it_is():
    text = "Über die Straße: “don’t” — €3,5 Mrd."

    assert spread(text) is text or spread(text) == text
    assert list(runs(text)) == []


def test_scripts_of_different_families_make_no_pair():
    assert spread("ไทย中国").split() == ["ไท", "ทย", "中国"]
