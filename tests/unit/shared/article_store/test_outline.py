"""What is left out of an outline finds no article: everything that stores index of it is the same."""

import pytest

from services.search.alerts.fire import fired_article
from shared.article_store.document import Membership, Standing, StoredArticle
from shared.article_store.indexed import below_terms, facet_values, numbers, published_day, sites, texts
from shared.article_store.outline import OUTLINE_FIELDS, outline_of_json
from shared.events.embedding import Embedding
from shared.events.enrichment import Amount, Evidence, Keyphrase, Money, NewsEvent, Sentiment
from shared.facets import FACETS
from tests.builders import a_quote, a_relation, a_stored_article, a_topic, an_enrichment, an_entity

PASSAGE = Evidence(start=0, end=4, text="Acme")


def everything(*, currency: str, rights: tuple[str, ...] = ("no-ai-training",)) -> StoredArticle:
    """An article of which something is known in every way."""
    enrichment = an_enrichment(
        entities=tuple(
            an_entity(f"{kind}:acme", f"The {kind}", industry="Steel")
            for kind in ("org", "person", "place", "product", "tech")
        ),
        relations=(a_relation(amount=Amount(value=5e6, currency=currency)),),
        money=(Money(value=5e6, currency=currency, value_usd=6e6, text="5 million", start=0, end=9),),
        quotes=(a_quote(),),
        topics=(a_topic("topic:leaf", "Leaf", (("topic:root", "Root"),)),),
        events=(NewsEvent(type="funding", subject_ids=("org:acme",), evidence=PASSAGE),),
        keyphrases=(Keyphrase(text="Acme", score=1.0),),
        sentiment=Sentiment(label="positive", score=0.5),
        summary="Acme invests.",
    )
    article = a_stored_article(
        1, enrichment, description="About steel", authors=("Ada Roe",), section="Business", country="DE", rights=rights
    )
    standing = Standing(revisions=2, story=Membership(story_id="s1", copy_of="b" * 64, size=5))
    vector = Embedding(model="m", values="fwAB")
    return article.model_copy(update={"standing": standing, "embedding": vector})


def indexed(stored: StoredArticle) -> list[object]:
    """All that a store indexes of it."""
    return [
        *((facet.name, facet_values(facet, stored), below_terms(facet, stored)) for facet in FACETS),
        *(texts(stored), numbers(stored), sites(stored), published_day(stored), stored.published_order),
        *(stored.article_id, stored.hidden, stored.story_id, stored.copy_of),
    ]


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_an_outline_is_found_by_all_that_finds_its_article(currency):
    whole = everything(currency=currency)

    outline = outline_of_json(whole.model_dump_json().encode())

    assert all(facet_values(facet, whole) for facet in FACETS if facet.kind != "date")
    assert indexed(outline) == indexed(whole)


def test_what_is_read_is_named_by_its_paths():
    assert {"article", "standing", "enrichment.topics", "enrichment.entities.name"} < set(OUTLINE_FIELDS)
    assert not {"embedding", "enrichment", "enrichment.money", "enrichment.entities.mentions"} & set(OUTLINE_FIELDS)


def test_passages_are_read_where_they_say_what_an_amount_is_worth_and_else_not():
    in_dollars, in_euro = (
        outline_of_json(everything(currency=currency).model_dump_json().encode()) for currency in ("USD", "EUR")
    )

    assert in_euro == everything(currency="EUR")
    assert [in_dollars.enrichment.money, in_dollars.enrichment.quotes, in_dollars.embedding] == [(), (), None]
    assert [entity.mentions for entity in in_dollars.enrichment.entities] == [()] * 5


@pytest.mark.parametrize("rights", [(), ("noarchive",)])
def test_a_notice_tells_of_an_outline_what_it_tells_of_the_article(rights):
    whole = everything(currency="USD", rights=rights)

    outline = outline_of_json(whole.model_dump_json().encode())

    assert fired_article(outline) == fired_article(whole)
