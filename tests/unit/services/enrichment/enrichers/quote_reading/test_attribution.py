import pytest

from services.enrichment.article_text import Passage
from services.enrichment.enrichers.quote_reading.attribution import attributed
from services.enrichment.enrichers.quote_reading.marks import quoted_in


def read(text: str, language: str = "en") -> list[tuple[str, str]]:
    found = attributed(Passage(text), quoted_in(text), language)
    return [(text[item.quoted.start : item.quoted.end], text[item.speaker.start : item.speaker.end]) for item in found]


ATTRIBUTED = [
    ('"It rains," said Anna Berg.', [("It rains,", "Anna Berg")]),
    ('"It rains," Anna Berg said on Monday.', [("It rains,", "Anna Berg")]),
    ('Anna Berg said: "It rains."', [("It rains.", "Anna Berg")]),
    ('"It rains," Anna Berg, 54, a farmer, said.', [("It rains,", "Anna Berg")]),
    ('In a letter, Anna Berg wrote, "It rains."', [("It rains.", "Anna Berg")]),
    ('"It rains," said Anna Berg, "and it pours."', [("It rains,", "Anna Berg"), ("and it pours.", "Anna Berg")]),
    ('"It rains," Anna Berg said. "It pours."', [("It rains,", "Anna Berg"), ("It pours.", "Anna Berg")]),
    ('"Never!" Anna Berg cried.', [("Never!", "Anna Berg")]),
    ('Anna Berg said the plan was "good for the whole valley".', [("good for the whole valley", "Anna Berg")]),
    ('Anna Berg called the plan "a gift to the valley".', [("a gift to the valley", "Anna Berg")]),
    ('The plan was "a gift to the valley", said Anna Berg.', [("a gift to the valley", "Anna Berg")]),
    ('According to Anna Berg, "it rains more".', [("it rains more", "Anna Berg")]),
    ('The radio quoted Anna Berg as saying "it rains more".', [("it rains more", "Anna Berg")]),
    ('Anna Berg defended it, saying: "It rains."', [("It rains.", "Anna Berg")]),
    ('Anna Berg was calm. "It always rains here."', [("It always rains here.", "Anna Berg")]),
    ('Anna Berg: "It rains."', [("It rains.", "Anna Berg")]),
    ('Anna Berg said "it rains more", while Tom Ek said "it rains less".',
     [("it rains more", "Anna Berg"), ("it rains less", "Tom Ek")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ATTRIBUTED)
def test_a_quote_has_the_speaker_beside_it_in_its_sentence_or_before_it(text, expected):
    assert read(text) == expected


def test_the_paragraphs_of_one_speech_have_one_speaker_wherever_it_is_named():
    after = read("“It rains.\n\n“It pours,” Anna Berg said.")
    before = read("Anna Berg said: “It rains.\n\n“It pours.”")

    assert [speaker for _, speaker in after] == ["Anna Berg", "Anna Berg"]
    assert [speaker for _, speaker in before] == ["Anna Berg", "Anna Berg"]


@pytest.mark.parametrize(
    ("language", "text", "speaker"),
    [
        ("de", "„Es regnet“, sagte Anna Berg.", "Anna Berg"),
        ("de", "„Es regnet“, so Anna Berg.", "Anna Berg"),
        ("fr", "« Il pleut », a déclaré Anna Berg.", "Anna Berg"),
        ("fr", "Selon Anna Berg, « il pleut encore ».", "Anna Berg"),
        ("es", '"Llueve", dijo Anna Berg.', "Anna Berg"),
        ("zh", "公司负责人林开文说：“下雨了。”", "林开文"),
    ],
)
def test_other_languages_have_words_of_speech_of_their_own(language, text, speaker):
    assert [found for _, found in read(text, language)] == [speaker]


@pytest.mark.parametrize(
    "text",
    [
        'The shop sells a "smart" lamp, Anna Berg said.',
        'The film "The Road to the Sea" opens in May, said Anna Berg.',
        'Anna Berg said the film "The Road to the Sea" opens.',
        'The word "harbour" has nine meanings.',
        'A sign reading "keep off the grass" hung there.',
        'The clause bars "any person under twelve" from the pool.',
        'What does "good enough" mean?',
        'He is known as "the man in the hat".',
        'In her essay "The Price of Rain," Anna Berg wrote that it rains.',
    ],
)
def test_titles_scare_quotes_and_inscriptions_are_nobodys_words(text):
    assert read(text) == []


def test_a_passage_far_from_the_last_speaker_is_not_his():
    text = '"It rains," said Anna Berg. The roads closed. Schools did as well. "Closed until Monday morning."'

    assert read(text) == [("It rains,", "Anna Berg")]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ('According to Hedda Moor, the harbour master, "the crane had rusted through".', "Hedda Moor"),
        ('Ivo Marsh, who drives the night bus: "Nobody gets off here any more."', None),
        ('Ivo Marsh, driver of the night bus: "Nobody gets off here any more."', "Ivo Marsh"),
        ('In his own words, "nobody was ever paid", Ivo Marsh told the court.', "Ivo Marsh"),
        ('"The crane rusted," a man, who declined to give his name, said.', "a man"),
        ('Asked for a date, Ivo Marsh said: "Call me in May."', "Ivo Marsh"),
    ],
)
def test_what_stands_beside_a_speaker_does_not_hide_who_speaks(text, speaker):
    passage = Passage(text)

    found = attributed(passage, quoted_in(text), "en")

    assert [text[one.speaker.start : one.speaker.end] for one in found] == ([speaker] if speaker else [])
