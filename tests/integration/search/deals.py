"""Articles about two companies: investments in two currencies, an acquisition, quotes, one that may not be copied."""

from datetime import timedelta

from shared.article_store.document import StoredArticle
from shared.events.articles import Publication
from shared.events.enrichment import Evidence, Language
from tests.builders import NOON, a_quote, a_relation, a_stored_article, a_topic, an_enrichment, an_entity

ACME, WIDGETS = an_entity("org:acme", "Acme"), an_entity("org:widgets", "Widgets")
ADA, PARIS = an_entity("person:ada-roe", "Ada Roe"), an_entity("place:paris", "Paris")
SECRET = "Acme invests in Widgets, says the part that may not be copied."


def deals() -> list[StoredArticle]:
    """Six articles, one a day: three investments of 5, 200 and 300 million, an acquisition, a quote, a reserved one."""
    return [
        *(_article(number, _investment(dollars)) for number, dollars in enumerate((5e6, 2e8, 3e8), 1)),
        _article(4, a_relation(type="acquires", status="rumoured", subject="org:widgets", object="org:acme")),
        _article(5, language=Language(code="fr", confidence=1)),
        _reserved(6),
    ]


def _investment(dollars: float):
    return a_relation(dollars=dollars, status="announced")


def _article(number: int, *relations, **fields) -> StoredArticle:
    enrichment = an_enrichment(
        entities=(ACME, WIDGETS, ADA, *((PARIS,) if number % 2 else ())),
        relations=relations,
        quotes=(a_quote(f"We build widgets, number {number}.", speaker_id="person:ada-roe"),),
        topics=(a_topic("topic:deals", "Deals"),),
        **fields,
    )
    return a_stored_article(number, enrichment, published=_day(number))


def _reserved(number: int) -> StoredArticle:
    text = "Acme grows. " * 50 + SECRET
    evidence = Evidence(start=text.index(SECRET), end=len(text), text=SECRET)
    enrichment = an_enrichment(entities=(ACME, WIDGETS), relations=(a_relation(evidence=evidence, dollars=1e6),))
    return a_stored_article(number, enrichment, text=text, rights=("noarchive",), published=_day(number))


def _day(number: int) -> Publication:
    return Publication(at=NOON + timedelta(days=number), precision="second", origin="feed")
