import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.entities import entities
from services.enrichment.enrichers.quotes import ORIGIN, quotes


@pytest.fixture
def read(knowledge, found_in):
    def read(text: str, language: str = "en"):
        article = ArticleText("", text)
        found = found_in(language)
        found = found.model_copy(update={"entities": entities(article, found, knowledge)})
        return quotes(article, found, knowledge)

    return read


def test_a_quote_has_its_exact_span_its_speaker_and_where_it_comes_from(read):
    text = 'The harbour froze. "We had no warning at all," said Tobias Quill, who runs it.'

    (quote,) = read(text)

    assert text[quote.start : quote.end] == quote.text == "We had no warning at all,"
    assert (quote.speaker, quote.speaker_id, quote.origin) == ("Tobias Quill", "person:tobias-quill", ORIGIN)
    assert 0.9 < quote.confidence < 1


def test_a_speaker_who_is_known_is_linked(read):
    (quote,) = read('"Demand is strong," said Jensen Huang, the chief executive of Nvidia.')

    assert (quote.speaker, quote.speaker_id) == ("Jensen Huang", "person:jensen-huang")


def test_a_surname_stands_for_the_full_name_of_the_article(read):
    known, unknown = read(
        'Jensen Huang met Mara Linden. "Demand is strong," Huang said. They parted. "It is not," Linden said.'
    )

    assert (known.speaker, known.speaker_id) == ("Jensen Huang", "person:jensen-huang")
    assert (unknown.speaker, unknown.speaker_id) == ("Mara Linden", "person:mara-linden")


def test_a_surname_that_two_bear_stays_as_it_is(read):
    (quote,) = read('Mara Linden met Paul Linden. "It is late," Linden said.')

    assert quote.speaker == "Linden"


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ('Mara Linden came in March. "It felt like home," she said.', "Mara Linden"),
        ('Mara Linden came in March.\n\nShe said: "It felt like home."', "Mara Linden"),
        ('"It is cold," said Mara Linden. Snow fell.\n\n"It felt like home," she said.', "Mara Linden"),
        ('Tarnwell opened a plant. "The plant is ready," the company said.', "Tarnwell"),
        ('Nvidia opened a plant. "The plant is ready," it said.', "Nvidia"),
    ],
)
def test_a_pronoun_means_whom_the_nearest_sentence_is_about(read, text, speaker):
    quote = read(text)[-1]

    assert quote.speaker == speaker
    assert quote.confidence < 0.9


def test_a_pronoun_that_nobody_fits_stays_with_little_confidence(read):
    (quote,) = read('Nobody came. "It felt like home," she said.')

    assert (quote.speaker, quote.speaker_id) == ("she", None)
    assert quote.confidence < 0.5


def test_he_is_no_company_and_it_is_no_person(read):
    (he,) = read('Nvidia opened a plant. "It is ready," he said.')
    (it,) = read('Jensen Huang opened a plant. "All is ready," it said.')

    assert (he.speaker, it.speaker) == ("he", "it")


def test_a_spokesperson_speaks_for_the_firm(read):
    (quote,) = read('"The model is ready," a spokesperson for Nvidia said.')

    assert (quote.speaker, quote.speaker_id) == ("a spokesperson for Nvidia", "org:nvidia")


def test_an_analyst_does_not_speak_for_the_firm_he_watches(read):
    (quote,) = read('"The model is late," analysts who follow Nvidia said.')

    assert quote.speaker_id is None


def test_a_text_without_marks_has_no_quotes(read):
    assert read("Mara Linden said that the work was done.") == ()
