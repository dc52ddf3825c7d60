import datetime as dt

import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import ENRICHERS, Pipeline
from shared.events.enrichment import Amount


@pytest.fixture(scope="module")
def related(knowledge):
    """The relations of a text that appeared on Thursday, 6 March 2025."""
    pipeline = Pipeline("fast", knowledge, ENRICHERS)

    def related(text: str, title: str = "The news of the day in a few words"):
        return pipeline.enrich(ArticleText(title, text, dt.datetime(2025, 3, 6, tzinfo=dt.UTC))).relations

    return related


def spoken(relations):
    return [(relation.subject, relation.type, relation.object) for relation in relations]


def test_a_relation_carries_all_that_its_sentence_says(related):
    text = "Markets were calm. Nvidia said on Tuesday that it would invest €500 million in Mistral AI."

    (relation,) = related(text)

    assert spoken([relation]) == [("org:nvidia", "invests_in", "org:mistral-ai")]
    start = text.index("€500 million")
    assert relation.amount == Amount(
        value=5e8, currency="EUR", text="€500 million", start=start, end=start + len("€500 million")
    )
    assert (relation.status, relation.date) == ("announced", dt.date(2025, 3, 4))
    assert text[relation.evidence.start : relation.evidence.end] == relation.evidence.text
    assert relation.evidence.text.startswith("Nvidia said")
    assert relation.origin == "rule:2"


def test_two_investors_make_two_relations(related):
    found = related("Google and Amazon have both backed Anthropic, the people said on Monday.")

    assert spoken(found) == [
        ("org:google", "invests_in", "org:anthropic"),
        ("org:amazon", "invests_in", "org:anthropic"),
    ]


def test_it_is_who_the_sentence_before_was_about_with_less_confidence(related):
    (relation,) = related("Broadcom makes chips in California. It bought VMware for $69 billion in 2023.")

    assert spoken([relation]) == [("org:broadcom", "acquires", "org:vmware")]
    assert relation.amount is not None
    assert (relation.amount.value, relation.amount.currency) == (6.9e10, "USD")
    assert relation.evidence.text.startswith("It bought")
    assert relation.confidence < 0.9


def test_what_is_said_twice_is_told_once_with_its_amount(related):
    found = related(
        "Broadcom bought VMware, the company said in a statement. "
        "Later it turned out that Broadcom bought VMware for $69 billion. VMware was acquired by Broadcom."
    )

    assert spoken(found) == [("org:broadcom", "acquires", "org:vmware")]
    assert found[0].amount is not None
    assert (found[0].amount.value, found[0].amount.currency) == (6.9e10, "USD")


def test_two_partners_are_told_once_whoever_is_named_first(related):
    found = related("Toyota has partnered with Nvidia on cars. Nvidia has partnered with Toyota for many years.")

    assert len(found) == 1


@pytest.mark.parametrize(
    ("sentence", "amount"),
    [
        ("Broadcom completed its $69 billion acquisition of VMware.", 6.9e10),
        ("Broadcom acquired VMware, valuing the company at $69 billion.", None),
        ("Broadcom, which has revenue of $30 billion, acquired VMware for $69 billion.", 6.9e10),
        ("Broadcom acquired VMware, which has $13 billion in annual sales.", None),
        ("Broadcom competes with VMware for orders worth $5 billion.", None),
    ],
)
def test_an_amount_is_what_was_paid(related, sentence, amount):
    (relation,) = related(sentence)

    assert (relation.amount.value if relation.amount else None) == amount


def test_an_amount_belongs_to_the_clause_that_names_it(related):
    found = related("Broadcom acquired VMware for $69 billion, and TSMC makes processors for Nvidia.")

    assert {relation.object: relation.amount is not None for relation in found} == {
        "org:vmware": True,
        "org:nvidia": False,
    }


def test_a_company_within_a_longer_name_is_no_party(related):
    found = related("The Nvidia Workers Union has sued OpenAI over the use of photographs.")

    assert "org:nvidia" not in {relation.subject for relation in found}


def test_a_person_may_found_and_sue_but_is_not_merged(related):
    found = related("OpenAI was founded by Sam Altman, Elon Musk and others. Elon Musk sued OpenAI last year.")

    assert ("org:openai", "founded_by", "person:sam-altman") in spoken(found)
    assert ("person:elon-musk", "sues", "org:openai") in spoken(found)


def test_names_without_a_word_between_them_that_tells_of_a_relation_are_unrelated(related):
    assert related("Shares of Nvidia fell by three percent while those of Toyota and OpenAI did not move at all.") == ()


def test_other_languages_are_not_read(related):
    text = "Nvidia will in Mistral AI investieren, sagte das Unternehmen am Montag. Der Konzern wächst weiter."

    assert related(text, title="Die Nachrichten des Tages in Kürze") == ()


def test_a_text_without_sentences_is_passed_over(related):
    links = "Nvidia acquired OpenAI " * 100

    assert related(f"{links}. This is the end of all the news that we have for you.") == ()
