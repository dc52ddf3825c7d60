"""A dozen articles whose facets overlap in known ways, and how to ask a service that holds them."""

from datetime import timedelta

import httpx
from fastapi import FastAPI

from shared.article_store.document import StoredArticle
from shared.events.articles import Publication
from shared.events.enrichment import Language, Mention, Money, Quote
from tests.builders import NOON, a_stored_article, a_topic, an_enrichment, an_entity

ECONOMY = ("topic:economy", "Economy")
HOSTILE = '<img src=x onerror="alert(1)">'


def articles() -> list[StoredArticle]:
    """Eight on batteries (six in English, two in German), one that may not be archived, one with hostile text."""
    return [*(_on_batteries(number) for number in range(1, 9)), _unarchived(9), _hostile(10)]


def asking(app: FastAPI) -> httpx.AsyncClient:
    """A client of the service."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000")


def _on_batteries(number: int) -> StoredArticle:
    person = ("person:ada", "Ada Brandt") if number % 2 else ("person:tom", "Tom Okafor")
    title = f"{person[1]} opens battery plant {number}"
    text = f"Acme pays $3 million for plant {number}.\n\nThe battery plant is the largest so far, said {person[1]}."
    start = text.index("$3")
    enrichment = an_enrichment(
        language=Language(code="de" if number > 6 else "en", confidence=1),
        entities=(
            an_entity(*person, mentions=(_mention("title", title, person[1]), _mention("text", text, person[1]))),
            an_entity("org:acme", "Acme", mentions=(_mention("text", text, "Acme"),), salience=0.9),
        ),
        topics=(a_topic("topic:deals", "Deals", (ECONOMY,)) if number <= 3 else a_topic("topic:energy", "Energy"),),
        money=(Money(value=3e6, currency="USD", value_usd=3e6, text="$3 million", start=start, end=start + 10),),
    )
    published = Publication(at=NOON + timedelta(minutes=number), precision="day", origin="feed")
    return a_stored_article(
        number, enrichment, title=title, text=text, authors=("Clara", "Duarte, Ines"), published=published
    )


def _unarchived(number: int) -> StoredArticle:
    text = "Harbour traffic doubled. " * 30 + "Secret ending."
    return a_stored_article(number, title="Harbour traffic doubles", text=text, rights=("noarchive",))


def _hostile(number: int) -> StoredArticle:
    entity = an_entity(
        "person:mallory", f"Mallory {HOSTILE}", mentions=(Mention(field="text", start=0, end=7, text="Mallory"),)
    )
    quote = Quote(text=HOSTILE, speaker=HOSTILE, start=0, end=1)
    return a_stored_article(
        number,
        an_enrichment(entities=(entity,), quotes=(quote,), summary=HOSTILE),
        title=f"Mallory writes {HOSTILE}",
        text=f"Mallory writes {HOSTILE} into everything.",
        site_name=HOSTILE,
        authors=(HOSTILE,),
        description=HOSTILE,
        image_url="https://pictures.example/mallory.jpg",
    )


def _mention(field, content: str, name: str) -> Mention:
    start = content.index(name)
    return Mention(field=field, start=start, end=start + len(name), text=name)
