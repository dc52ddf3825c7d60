"""GET /v1/relations, the table of deals and other typed facts, and GET /v1/quotes, who said what."""

import datetime as dt

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.search.api.asking import add_question, given
from services.search.api.representation import ARTICLES_PATH, Bucket, Total
from services.search.api.understood import UnknownFilter, UnknownFilters
from services.search.finding.catalogue import Catalogue
from services.search.finding.unknown_values import unknown_values
from services.search.finding.values import facts_by_id
from services.search.parameters.facts import (
    FACT_FORMS,
    asked_of_facts,
    fact_url,
    parameter_of,
    selected_values,
    toggled_fact,
)
from services.search.problems import OPENAPI_RESPONSES
from shared.article_store.fact_query import FactQuery, FactResult, Interval
from shared.article_store.facts import FactAmount, FactKind, Party, StoredFact
from shared.article_store.query import FacetCounts
from shared.clock import Clock
from shared.events.enrichment import Evidence, RelationStatus, RelationType

RELATIONS_PATH = "/v1/relations"
QUOTES_PATH = "/v1/quotes"


class FactArticle(BaseModel):
    """The article that says it."""

    id: str
    title: str
    url: str
    source_id: str
    source_name: str
    language: str
    published_at: dt.datetime
    link: str = Field(description="the whole article")

    @classmethod
    def of(cls, fact: StoredFact) -> "FactArticle":
        return cls(
            id=fact.article_id,
            title=fact.title,
            url=fact.url,
            source_id=fact.source_id,
            source_name=fact.source_name,
            language=fact.language,
            published_at=fact.published_at,
            link=f"{ARTICLES_PATH}/{fact.article_id}",
        )


class RelationItem(BaseModel):
    """Who did what with whom, as one article says it."""

    id: str
    type: RelationType
    subject: Party
    object: Party
    amount: FactAmount | None
    stake_percent: float | None
    status: RelationStatus | None
    date: dt.date | None = Field(description="when it happened or will, where the article says so")
    evidence: Evidence = Field(description="the passage; without text where the publisher reserves copies")
    confidence: float
    origin: str
    article: FactArticle

    @classmethod
    def of(cls, fact: StoredFact) -> "RelationItem":
        assert fact.type and fact.subject and fact.object, "a relation has all three"
        return cls(
            id=fact.fact_id,
            type=fact.type,
            subject=fact.subject,
            object=fact.object,
            amount=fact.amount,
            stake_percent=fact.stake_percent,
            status=fact.status,
            date=fact.date,
            evidence=fact.evidence,
            confidence=fact.confidence,
            origin=fact.origin,
            article=FactArticle.of(fact),
        )


class QuoteItem(BaseModel):
    """What someone said, in one article."""

    id: str
    speaker: str
    speaker_id: str | None
    text: str = Field(description="empty where the publisher reserves copies")
    start: int
    end: int
    confidence: float
    origin: str
    article: FactArticle

    @classmethod
    def of(cls, fact: StoredFact) -> "QuoteItem":
        return cls(
            id=fact.fact_id,
            speaker=fact.speaker or "",
            speaker_id=fact.speaker_id,
            text=fact.evidence.text,
            start=fact.evidence.start,
            end=fact.evidence.end,
            confidence=fact.confidence,
            origin=fact.origin,
            article=FactArticle.of(fact),
        )


class FactCounts(BaseModel):
    """The most frequent values among what was found; counts respect every filter."""

    buckets: tuple[Bucket, ...]
    other: int

    @classmethod
    def of(cls, path: str, query: FactQuery, counts: FacetCounts) -> "FactCounts":
        selected = selected_values(query, counts.facet)
        buckets = tuple(
            Bucket(
                value=bucket.value,
                label=bucket.label,
                count=bucket.count,
                selected=bucket.value in selected,
                link=fact_url(path, toggled_fact(query, counts.facet, bucket.value)),
            )
            for bucket in counts.buckets
        )
        return cls(buckets=buckets, other=counts.other)


class AmountSum(BaseModel):
    """What was said within one interval."""

    start: dt.datetime
    relations: int
    amount_usd: float = Field(description="of all amounts that are known in US dollars")


class FactPage(BaseModel):
    """What pages of facts have in common."""

    query: str = Field(description="the question as it was understood, as a link")
    total: Total
    facets: dict[str, FactCounts]
    next: str | None
    unknown: UnknownFilters = ()


class RelationList(FactPage):
    """A page of relations."""

    relations: tuple[RelationItem, ...]
    sums: tuple[AmountSum, ...] = Field(description="of amounts, by interval, where asked for")
    interval: Interval | None = Field(description="of the sums")


class QuoteList(FactPage):
    """A page of quotes."""

    quotes: tuple[QuoteItem, ...]


def fact_routes(catalogue: Catalogue, clock: Clock) -> APIRouter:
    """The routes of both resources."""
    resource = _Facts(catalogue, clock)
    router = APIRouter(tags=["facts"], responses=OPENAPI_RESPONSES)
    add_question(
        router,
        RELATIONS_PATH,
        resource.relations,
        FACT_FORMS["relation"],
        "Deals and other relations",
        by_post=f"{RELATIONS_PATH}/search",
        example={"type": ["invests_in", "acquires"], "entity": ["org:acme"], "amount_from": "100m"},
    )
    add_question(
        router,
        QUOTES_PATH,
        resource.quotes,
        FACT_FORMS["quote"],
        "Who said what",
        by_post=f"{QUOTES_PATH}/search",
        example={"q": "battery", "speaker": ["Ada Brandt"]},
    )
    return router


class _Facts:
    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock

    async def relations(self, request: Request) -> RelationList:
        """Who invests in, buys, supplies, sues or appoints whom, with amount, status and the passage that says it.

        One item for each article that says it; copies of an article add none unless asked for. `type` and
        `amount_from` hold of the same relation.
        """
        query = await self._understood("relation", request)
        result = await self._catalogue.facts(query)
        return RelationList(
            **await self._page(RELATIONS_PATH, query, result),
            relations=tuple(RelationItem.of(fact) for fact in result.facts),
            sums=tuple(AmountSum(start=s.start, relations=s.facts, amount_usd=s.amount_usd) for s in result.sums),
            interval=result.interval,
        )

    async def quotes(self, request: Request) -> QuoteList:
        """Words in quotation marks with their speakers, as articles have them."""
        query = await self._understood("quote", request)
        result = await self._catalogue.facts(query)
        quotes = tuple(QuoteItem.of(fact) for fact in result.facts)
        return QuoteList(**await self._page(QUOTES_PATH, query, result), quotes=quotes)

    async def _understood(self, kind: FactKind, request: Request) -> FactQuery:
        asked = asked_of_facts(kind, await given(FACT_FORMS[kind], request, self._clock))
        return await facts_by_id(self._catalogue, asked)

    async def _page(self, path: str, query: FactQuery, result: FactResult) -> dict[str, object]:
        unknown = await unknown_values(self._catalogue, query, found_nothing=not result.total.value)
        return {
            "query": fact_url(path, query, cursor=query.cursor),
            "total": Total(value=result.total.value, relation=result.total.relation),
            "facets": {parameter_of(c.facet): FactCounts.of(path, query, c) for c in result.counts},
            "next": fact_url(path, query, cursor=result.next) if result.next else None,
            "unknown": tuple(map(UnknownFilter.of, unknown)),
        }
