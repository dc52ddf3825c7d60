from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.reading_time import reading_time_s


def test_two_hundred_and_thirty_eight_words_take_a_minute(knowledge, found_in):
    assert reading_time_s(ArticleText("", "word " * 238), found_in("en"), knowledge) == 60


def test_numbers_and_marks_are_no_words_unless_they_hold_a_letter(knowledge, found_in):
    tokens = "word, (word) don't 3rd — 2024 1,200 … "

    assert reading_time_s(ArticleText("", tokens * 119), found_in("en"), knowledge) == 120


def test_chinese_is_read_by_the_character(knowledge, found_in):
    assert reading_time_s(ArticleText("", "字" * 260), found_in("zh"), knowledge) == 60


def test_nothing_to_read_takes_no_time(knowledge, found_in):
    assert reading_time_s(ArticleText("", ""), found_in("und"), knowledge) == 0
