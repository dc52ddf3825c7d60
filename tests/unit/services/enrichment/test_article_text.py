import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrichment.article_text import ArticleText, Passage, by_character


def sentences(text: str) -> list[str]:
    return [sentence.text for sentence in Passage(text).sentences]


def test_a_full_stop_parts_sentences():
    assert sentences("It rained. Nobody minded!") == ["It rained.", "Nobody minded!"]


def test_an_abbreviation_does_not_end_a_sentence():
    assert sentences("Dr. Ames met Gen. Bowl at No. 5 on Jan. 3 in St. Ives.") == [
        "Dr. Ames met Gen. Bowl at No. 5 on Jan. 3 in St. Ives."
    ]


def test_a_legal_form_ends_a_sentence_where_a_new_one_begins():
    assert sentences("She left Zentro Inc. The board thanked her.") == [
        "She left Zentro Inc.",
        "The board thanked her.",
    ]
    assert sentences("Zentro Inc. Chairman Bo Lum resigned.") == ["Zentro Inc. Chairman Bo Lum resigned."]


def test_the_answer_no_ends_a_sentence():
    assert sentences("He said no. Then he left.") == ["He said no.", "Then he left."]


def test_a_closing_quotation_mark_belongs_to_its_sentence():
    assert sentences('"We will go." They went.') == ['"We will go."', "They went."]


def test_a_line_break_ends_a_sentence_without_a_full_stop():
    assert sentences("A heading\nA paragraph.") == ["A heading", "A paragraph."]


def test_a_german_ordinal_number_does_not_end_a_sentence():
    assert sentences("Am 3. Mai kam er. Es regnete.") == ["Am 3. Mai kam er.", "Es regnete."]


def test_chinese_sentences_need_no_blank():
    assert sentences("天气很好。我们走吧！") == ["天气很好。", "我们走吧！"]


def test_the_sentence_of_an_offset_is_found():
    passage = Passage("One here. Two there.")

    assert passage.sentence_at(12).text == "Two there."


def test_folding_keeps_every_character_at_its_place():
    assert Passage("Ünal-İş, AT&T").folded == " ünal iş  at t ".replace("iş", "İş")


@given(st.text(alphabet=st.sampled_from("aB_ -\n\u0301ÄßİΣ’“–…。库Жж\ud800")) | st.text())
def test_each_character_is_folded_by_itself_however_many_there_are(text):
    folded = [Passage(character).folded[1:-1] for character in text]

    assert Passage(text).folded == f" {''.join(folded)} "


def test_a_passage_knows_whether_it_has_chinese_japanese_or_korean_characters():
    assert Passage("a 库").has_cjk
    assert Passage("カ").has_cjk
    assert Passage("한").has_cjk
    assert not Passage("Ünal’s Ж").has_cjk


def test_a_foreign_name_in_chinese_stands_between_blanks_in_the_second_view():
    assert Passage("由OpenAI发布").folded_views == (" 由openai发布 ", "  openai   ")


def test_title_and_text_are_parsed_once():
    article = ArticleText("A title", "A text.")

    assert article.body is article.body
    assert article.body.sentences is article.body.sentences


@given(st.text())
def test_offsets_of_sentences_are_exact_and_folding_keeps_the_length(text):
    passage = Passage(text)

    assert all(text[s.start : s.end] == s.text for s in passage.sentences)
    assert len(passage.folded) == len(text) + 2


def test_each_sentence_has_its_words_in_lower_case():
    passage = Passage("Tarnwell's cell runs. It IS hot!")

    assert passage.words == (("tarnwell", "s", "cell", "runs"), ("it", "is", "hot"))


def test_initials_end_no_sentence():
    assert len(Passage("The note is by J.R. Whitcombe of Halden.").sentences) == 1


@given(st.text(alphabet=st.sampled_from("aB1 -éÉßİ’“–库\u00a0\u2003")) | st.text())
def test_what_is_replaced_by_character_is_replaced_as_if_each_stood_alone(text):
    replaced = by_character(text, bytes(range(256)).lower(), str.casefold, without=b"-1")

    assert replaced == text.replace("-", "").replace("1", "").casefold()


@pytest.mark.parametrize("marks", [".", "…!", ".)", '?"'])
def test_a_text_of_nothing_but_ends_of_sentences_is_split_in_linear_time(marks):
    text = marks * (200_000 // len(marks))
    started = time.process_time()

    sentences = Passage(text).sentences

    assert len(sentences) == 1
    assert time.process_time() - started < 5
