import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.sentiment import ORIGIN, sentiment


@pytest.fixture
def tone(knowledge, found_in):
    def tone(text: str, title: str = "", language: str = "en"):
        return sentiment(ArticleText(title, text), found_in(language), knowledge)

    return tone


@pytest.mark.parametrize(
    ("label", "text"),
    [
        (
            "positive",
            "The medicine is a breakthrough. Doctors are delighted, patients recovered, happy and healthy.",
        ),
        ("negative", "Floods killed nine people. The disaster destroyed homes, and many fear worse and suffer."),
        ("neutral", "The council meets on Thursday at the town hall. The bridge has four lanes and two pavements."),
        ("negative", "Shares plunged after the lawsuit. The firm warned of layoffs, losses and a recession."),
    ],
)
def test_the_words_of_a_text_tell_its_tone(tone, label, text):
    found = tone(text)

    assert found is not None
    assert (found.label, found.origin) == (label, ORIGIN)


def test_a_denied_word_turns_its_tone(tone):
    plain, denied = tone("The result is good, very good."), tone("The result is not good, not good.")

    assert plain.score > 0 > denied.score


def test_what_bad_is_reduced_is_good(tone):
    assert tone("The dam prevents floods. It reduced floods and cut deaths.").score > 0


def test_shares_and_interest_have_no_tone(tone):
    assert tone("Interest on the shares is paid to the trust by the united party.").score == pytest.approx(0, abs=0.1)


def test_the_title_counts_twice(tone):
    text = "The plant runs. It has four halls."

    assert tone(text, title="A disaster").score < tone(f"A disaster. {text}").score


def test_more_evidence_is_more_sure(tone):
    assert tone("Awful, horrible, terrible disaster. " * 5).confidence > tone("An awful disaster struck.").confidence


def test_another_language_and_no_words_have_no_sentiment(tone):
    assert tone("Das ist gut.", language="de") is None
    assert tone("") is None


def test_the_score_stays_within_its_bounds(tone):
    assert -1 <= tone("terrible " * 5_000).score < -0.9
