"""What the page of one article shows, decided before any markup."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from services.search.ui import wording
from services.search.ui.links import article_path, entity_href, entity_path, search_for, story_path
from services.search.ui.marking import Mark, Passage, passages
from services.search.ui.search_view import Link, ResultRow, result_row
from shared.article_store.document import StoredArticle
from shared.article_store.query import Hit
from shared.article_store.stories import StoredStory
from shared.events.articles import ArticleCrawled
from shared.events.enrichment import Enrichment, Topic
from shared.events.stories import StoryMember


@dataclass(frozen=True)
class NamedEntity:
    """One entity of the article, and how often it is named."""

    link: Link
    mentions: int


@dataclass(frozen=True)
class EntityGroup:
    """The entities of one type, the most prominent first."""

    kind: str
    label: str
    entities: tuple[NamedEntity, ...]


@dataclass(frozen=True)
class AmountRow:
    """One amount: as understood, in dollars, and as written where that differs."""

    understood: str
    written: str | None
    dollars: str | None
    purpose: str | None


@dataclass(frozen=True)
class QuoteRow:
    """Words and who said them."""

    text: str
    speaker: Link


@dataclass(frozen=True)
class RelationRow:
    """Who did what with whom, and where the text says so."""

    subject: Link
    verb: str
    object: Link
    details: tuple[str, ...]
    evidence: str


@dataclass(frozen=True)
class StoryBox:
    """What else was reported of the same: the story, and the texts that are the same.

    Attributes:
        original: of which this article is a copy; None where it is none.
        copies: of this article.
    """

    link: Link
    original: Link | None
    copies: tuple[Link, ...]


@dataclass(frozen=True)
class ArticlePage:
    """Everything on the page of an article."""

    id: str
    title: str
    language: str
    site: Link
    authors: tuple[Link, ...]
    published: wording.Moment
    date_doubt: str
    updated: wording.Moment | None
    original_url: str
    image_url: str | None
    description: str | None
    summary: str | None
    reading_minutes: int
    paywall: bool
    gone: bool
    withheld: bool
    paragraphs: tuple[tuple[Passage, ...], ...]
    relations: tuple[RelationRow, ...]
    tone: str | None
    similar: tuple[ResultRow, ...]
    story: StoryBox | None
    revisions: int
    groups: tuple[EntityGroup, ...]
    amounts: tuple[AmountRow, ...]
    topics: tuple[tuple[Link, ...], ...]
    quotes: tuple[QuoteRow, ...]
    keyphrases: tuple[str, ...]
    provenance: tuple[tuple[str, str], ...]


def article_view(stored: StoredArticle, similar: Iterable[Hit] = (), story: StoredStory | None = None) -> ArticlePage:
    """The page of an article that has been cut to what may be shown, with what reads like it and what it belongs to."""
    article, enrichment = stored.article, stored.enrichment
    evidence = _evidence(enrichment)
    return ArticlePage(
        id=stored.article_id,
        title=article.title,
        language=enrichment.language.code,
        site=Link(article.site_name or article.source_id, search_for("source", article.source_id)),
        authors=tuple(Link(name, search_for("author", name)) for name in article.authors),
        published=wording.published(article.published),
        date_doubt=wording.DATE_ORIGINS["first-seen"] if article.published.origin == "first-seen" else "",
        updated=wording.moment(article.updated_at) if article.updated_at else None,
        original_url=article.url,
        image_url=article.image_url,
        description=_lead(stored),
        summary=_summary(stored),
        reading_minutes=round(enrichment.reading_time_s / 60),
        paywall=article.access == "paywall",
        gone=stored.standing.withdrawal is not None,
        withheld="noarchive" in article.rights,
        paragraphs=passages(article.text, _marks(enrichment), ((*span, name) for span, name in evidence.items())),
        relations=tuple(_relations(enrichment, evidence)),
        tone=enrichment.sentiment.label if enrichment.sentiment else None,
        similar=tuple(map(result_row, similar)),
        story=_story(stored, story),
        revisions=stored.standing.revisions,
        groups=tuple(_groups(enrichment)),
        amounts=_amounts(enrichment),
        topics=tuple(_path(topic) for topic in enrichment.topics),
        quotes=_quotes(enrichment),
        keyphrases=tuple(phrase.text for phrase in enrichment.keyphrases),
        provenance=tuple(_provenance(stored)),
    )


def _lead(stored: StoredArticle) -> str | None:
    """What the page says of itself, unless summary or text begin with it."""
    said = stored.article.description
    below = (stored.enrichment.summary or "", stored.article.text)
    return None if said is None or any(text.startswith(said) for text in below) else said


def _summary(stored: StoredArticle) -> str | None:
    """The summary, unless it is how the text below it begins."""
    said = stored.enrichment.summary
    return None if said is None or _folded(stored.article.text).startswith(_folded(said)) else said


def _folded(text: str) -> str:
    return " ".join(text.split())


def _marks(enrichment: Enrichment) -> Iterator[Mark]:
    """Every mention and amount; the first mention of an entity leads to its search, so that few links are enough."""
    for entity in enrichment.entities:
        in_text = sorted((m for m in entity.mentions if m.field == "text"), key=lambda mention: mention.start)
        for place, mention in enumerate(in_text):
            href = entity_href(entity.type, entity.id) if place == 0 else None
            yield Mark(mention.start, mention.end, entity.type, f"{entity.name} ({entity.type})", href)
    for money in enrichment.money:
        yield Mark(money.start, money.end, "money", wording.dollars(money) or wording.money(money))


def _evidence(enrichment: Enrichment) -> dict[tuple[int, int], str]:
    """A name for each passage that says a relation, by its span."""
    spans = sorted({(relation.evidence.start, relation.evidence.end) for relation in enrichment.relations})
    return {span: f"evidence-{number}" for number, span in enumerate(spans, 1)}


def _relations(enrichment: Enrichment, evidence: Mapping[tuple[int, int], str]) -> Iterator[RelationRow]:
    entities = {entity.id: entity for entity in enrichment.entities}

    def party(entity_id: str) -> Link:
        known = entities.get(entity_id)
        return Link(known.name if known else entity_id, entity_path(entity_id), known.type if known else "")

    for relation in enrichment.relations:
        amount = relation.amount
        said = (
            wording.amount(amount.value, amount.currency) if amount else None,
            f"{relation.stake_percent:g} %" if relation.stake_percent is not None else None,
            relation.status,
            wording.moment(datetime.combine(relation.date, time(), UTC), "day").text if relation.date else None,
        )
        yield RelationRow(
            subject=party(relation.subject),
            verb=wording.RELATIONS[relation.type],
            object=party(relation.object),
            details=tuple(detail for detail in said if detail),
            evidence=evidence[relation.evidence.start, relation.evidence.end],
        )


def _story(stored: StoredArticle, story: StoredStory | None) -> StoryBox | None:
    if story is None:
        return None
    members = {member.article_id: member for member in story.members}
    original = members.get(stored.copy_of) if stored.copy_of else None
    own = stored.article_id
    copies = [member for member in story.members if member.copy_of == own]
    return StoryBox(
        link=Link(wording.counted(story.size, "article", "articles"), story_path(story.story_id)),
        original=_member_link(original) if original else None,
        copies=tuple(map(_member_link, copies)),
    )


def _member_link(member: StoryMember) -> Link:
    return Link(f"{member.site_name or member.source_id}: {member.title}", article_path(member.article_id))


def _groups(enrichment: Enrichment) -> Iterator[EntityGroup]:
    ranked = sorted(enrichment.entities, key=lambda entity: -entity.salience)
    for kind in wording.ENTITIES:
        entities = tuple(
            NamedEntity(Link(entity.name, entity_href(kind, entity.id), kind), len(entity.mentions))
            for entity in ranked
            if entity.type == kind
        )
        if entities:
            yield EntityGroup(kind, wording.PLURALS[kind], entities)


def _amounts(enrichment: Enrichment) -> tuple[AmountRow, ...]:
    rows = []
    for item in enrichment.money:
        understood = wording.money(item)
        written = item.text if item.text != understood else None
        rows.append(AmountRow(understood, written, wording.dollars(item), item.purpose))
    return tuple(rows)


def _quotes(enrichment: Enrichment) -> tuple[QuoteRow, ...]:
    types = {entity.id: entity.type for entity in enrichment.entities}
    return tuple(
        QuoteRow(
            wording.spoken(quote.text),
            Link(quote.speaker, entity_href(types.get(quote.speaker_id, ""), quote.speaker_id)),
        )
        if quote.speaker_id
        else QuoteRow(wording.spoken(quote.text), Link(quote.speaker, None))
        for quote in enrichment.quotes
    )


def _path(topic: Topic) -> tuple[Link, ...]:
    labels = topic.path_labels or topic.path
    return tuple(
        Link(label, search_for("topic", value), "topic") for value, label in zip(topic.path, labels, strict=False)
    )


def _provenance(stored: StoredArticle) -> Iterator[tuple[str, str]]:
    article, enrichment = stored.article, stored.enrichment
    yield "Source", f"{article.source_id}, {wording.FOUND_BY[article.found_by]}"
    yield "Discovered", wording.moment(article.first_seen_at).text
    yield "Fetched", wording.moment(article.fetched_at).text
    yield "Indexed", wording.moment(stored.ingested_at).text
    yield "Date", wording.DATE_ORIGINS[article.published.origin]
    if article.published.raw:
        yield "Date as written", article.published.raw
    yield "Extraction", _extraction(article)
    yield "Enrichment", f"{enrichment.tier} tier, version {enrichment.enrichment_version}"
    if enrichment.failed:
        yield "Not understood", ", ".join(enrichment.failed)
    # As robots.txt, headers and the page itself said when it was fetched.
    yield "Robots", ", ".join(wording.RIGHTS[right] for right in article.rights) or "nothing reserved"
    yield "Versions seen", str(stored.standing.revisions)


def _extraction(article: ArticleCrawled) -> str:
    doubts = f" ({', '.join(article.quality.flags)})" if article.quality.flags else ""
    return f"quality {article.quality.score:.2f} of 1{doubts}"
