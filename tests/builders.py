"""Articles for tests: every field has a plausible value, a test names only those it is about."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.article_store.document import StoredArticle, stored
from shared.events.articles import ArticleCrawled, ArticleEnriched, ArticleWithdrawn, Publication
from shared.events.enrichment import Amount, Enrichment, Entity, Evidence, Language, Mention, Quote, Relation, Topic
from shared.events.stories import StoryChanged, StoryMember
from shared.urls import article_id, canonicalize

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
REVISION = 1_772_452_800_000


def an_article(number: int = 1, **fields: Any) -> ArticleCrawled:
    """The `number`-th article of a source called "example"; its publication is `number` minutes after noon."""
    url = canonicalize(fields.pop("url", f"https://news.example/articles/{number}"))
    published_at = fields.pop("published_at", NOON + timedelta(minutes=number))
    text = fields.pop("text", f"The council met on Monday to discuss matter number {number}.")
    title = fields.pop("title", f"Council discusses matter {number}")
    values: dict[str, Any] = {
        "fetch_id": f"fetch-{number}",
        "article_id": article_id(url),
        "url": url,
        "canonical_url": url,
        "source_id": "example",
        "found_by": "feed",
        "site_name": "The Example",
        "title": title,
        "text": text,
        "published": Publication(at=published_at, precision="second", origin="json-ld"),
        "fetched_at": published_at + timedelta(minutes=5),
        "first_seen_at": published_at + timedelta(minutes=5),
        "revision": REVISION + number,
        "content_hash": hashlib.sha256(f"{title}\n{text}".encode()).hexdigest(),
    }
    return ArticleCrawled(**{**values, **fields})


def an_entity(entity_id: str, name: str, **fields: Any) -> Entity:
    """An entity named once, in the title; its type follows from the id ("org:acme" is an organization)."""
    types = {"org": "organization", "person": "person", "place": "location", "product": "product", "tech": "technology"}
    values: dict[str, Any] = {
        "id": entity_id,
        "name": name,
        "type": types[entity_id.partition(":")[0]],
        "salience": 0.5,
        "mentions": (Mention(field="title", start=0, end=len(name), text=name),),
    }
    return Entity(**{**values, **fields})


def a_topic(topic_id: str, label: str, parents: tuple[tuple[str, str], ...] = ()) -> Topic:
    """A topic below the (id, label) pairs of its parents, the root first."""
    chain = (*parents, (topic_id, label))
    return Topic(id=topic_id, label=label, path=tuple(i for i, _ in chain), path_labels=tuple(n for _, n in chain))


def a_relation(**fields: Any) -> Relation:
    """Acme invests in Widgets."""
    text = fields.pop("text", "Acme invests in Widgets.")
    dollars = fields.pop("dollars", None)
    values: dict[str, Any] = {
        "type": "invests_in",
        "subject": "org:acme",
        "object": "org:widgets",
        "amount": None if dollars is None else Amount(value=dollars, currency="USD"),
        "evidence": Evidence(start=0, end=len(text), text=text),
    }
    return Relation(**{**values, **fields})


def a_quote(text: str = "We build widgets.", **fields: Any) -> Quote:
    """Ada Roe says something."""
    values: dict[str, Any] = {"text": text, "speaker": "Ada Roe", "start": 0, "end": len(text)}
    return Quote(**{**values, **fields})


def an_enrichment(**fields: Any) -> Enrichment:
    """An English article with nothing else found in it."""
    values: dict[str, Any] = {"language": Language(code="en", confidence=1.0), "enrichment_version": 1}
    return Enrichment(**{**values, **fields})


def an_enriched_article(number: int = 1, enrichment: Enrichment | None = None, **fields: Any) -> ArticleEnriched:
    """`an_article`, enriched."""
    article = an_article(number, **fields)
    return ArticleEnriched(
        article=article, enrichment=enrichment or an_enrichment(), enriched_at=article.fetched_at + timedelta(seconds=1)
    )


def a_stored_article(number: int = 1, enrichment: Enrichment | None = None, **fields: Any) -> StoredArticle:
    """`an_enriched_article`, as it is put into a store."""
    event = an_enriched_article(number, enrichment, **fields)
    return stored(event, ingested_at=event.enriched_at + timedelta(seconds=1))


def a_withdrawal(number: int = 1, **fields: Any) -> ArticleWithdrawn:
    """The site of `an_article` has it no more; the withdrawal is an hour newer than the article."""
    values: dict[str, Any] = {
        "article_id": an_article(number).article_id,
        "revision": REVISION + 3_600_000,
        "reason": "gone",
        "withdrawn_at": NOON + timedelta(hours=1),
    }
    return ArticleWithdrawn(**{**values, **fields})


def a_story_changed(*numbers: int, **fields: Any) -> StoryChanged:
    """A story of these articles (of the first and the second where none are named), all of them originals."""
    articles = [an_article(number) for number in numbers or (1, 2)]
    members = tuple(
        StoryMember(
            article_id=article.article_id,
            published_at=article.published.at,
            source_id=article.source_id,
            site_name=article.site_name,
            title=article.title,
        )
        for article in articles
    )
    values: dict[str, Any] = {
        "story_id": members[0].article_id[:16],
        "version": REVISION,
        "headline": members[0].title,
        "original": members[0].article_id,
        "members": members,
        "size": len(members),
        "first_at": members[0].published_at,
        "last_at": members[-1].published_at,
        "changed_at": NOON,
    }
    return StoryChanged(**{**values, **fields})


def copied(story: StoryChanged, number: int) -> StoryChanged:
    """The story, with its `number`-th member a copy of the original."""
    members = [
        m.model_copy(update={"copy_of": story.original}) if m.article_id == an_article(number).article_id else m
        for m in story.members
    ]
    return story.model_copy(update={"members": tuple(members)})
