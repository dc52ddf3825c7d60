import pytest

from services.enrichment.article_text import ArticleText
from shared.events.enrichment import Enrichment, Mention, Money
from tests.builders import an_enrichment, an_entity

TITLE = "Velora buys Kestrel Labs"
TEXT = (
    "Velora will acquire Kestrel Labs for $40 million, both said on Monday. "
    "“We have admired this team for years,” said Mira Olsen, who leads Velora. "
    "Analysts expect the deal to close in June. "
    "Kestrel Labs employs 60 people."
)


@pytest.fixture
def article() -> ArticleText:
    return ArticleText(TITLE, TEXT)


@pytest.fixture
def found() -> Enrichment:
    """Two companies, a person and an amount, as the enrichers find them; no relation, quote or event."""
    amount = TEXT.index("$40 million")
    return an_enrichment(
        entities=(
            an_entity("org:velora", "Velora", mentions=mentions("Velora"), salience=0.9),
            an_entity("org:kestrel-labs", "Kestrel Labs", mentions=mentions("Kestrel Labs")),
            an_entity("person:mira-olsen", "Mira Olsen", mentions=mentions("Mira Olsen")),
        ),
        money=(Money(value=4e7, currency="USD", text="$40 million", start=amount, end=amount + 11),),
        summary="What the rules made of it.",
    )


def mentions(name: str) -> tuple[Mention, ...]:
    at, places = TEXT.find(name), []
    while at >= 0:
        places.append(Mention(field="text", start=at, end=at + len(name), text=name))
        at = TEXT.find(name, at + 1)
    return tuple(places)
