import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.summary import summary

LEAD = "The ferry Zentrovia ran aground off Quarrel Island on Monday morning."
RESCUE = "Lifeboats brought the passengers of the ferry Zentrovia to Quarrel Island."
CAUSE = "The owner of the Zentrovia blamed a broken rudder for the grounding."
ASIDE = "A visitor had bought sandwiches at the harbour an hour before all this."
WEATHER = "It was a fine day with hardly any clouds to be seen over the coast."


@pytest.fixture
def told(knowledge, found_in):
    return lambda title, text: summary(ArticleText(title, text), found_in("en"), knowledge)


def test_the_sentences_about_the_title_are_told_in_their_order(told):
    text = " ".join((LEAD, ASIDE, WEATHER, RESCUE, CAUSE))

    assert told("Ferry Zentrovia aground off Quarrel Island", text) == " ".join((LEAD, RESCUE, CAUSE))


def test_a_text_of_three_sentences_is_its_own_summary(told):
    assert told("Ferry aground", " ".join((LEAD, RESCUE, CAUSE))) is None


def test_line_breaks_within_a_sentence_become_blanks_and_scraps_are_left_out(told):
    text = "\n".join(("Share this", LEAD, ASIDE, WEATHER, RESCUE, "Read more"))

    assert "Share" not in told("Ferry Zentrovia aground", text)
    assert "\n" not in told("Ferry Zentrovia aground", text)


def test_chinese_is_summarised_too(told):
    text = (
        "渡轮周一早上在岛屿附近搁浅了。救生艇把渡轮乘客送到岛屿。船东说方向舵坏了导致搁浅。那天天气晴朗几乎没有云彩。"
    )

    assert told("渡轮在岛屿附近搁浅", text).startswith("渡轮周一早上在岛屿附近搁浅了。")
