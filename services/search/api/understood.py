"""A question as it was understood, as the API's JSON."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.search.finding.unknown_values import UnknownValue
from services.search.parameters.articles import Recency, recency_of
from services.search.query_language.reading import match_of
from services.search.query_language.writing import write
from shared.article_store.narrowing import DEAL_SIZE
from shared.article_store.query import ArticleQuery, Copies, FacetFilter, FilterMode, Match, Mode


class FacetSelection(BaseModel):
    """What was asked of one facet."""

    include: tuple[str, ...] = Field(description="any of these must be there")
    exclude: tuple[str, ...] = Field(description="none of these may be there")
    mode: FilterMode = Field(description="whether any or all of include must be there")

    @classmethod
    def of(cls, item: FacetFilter) -> "FacetSelection":
        return cls(include=item.include, exclude=item.exclude, mode=item.mode)


class Bounds(BaseModel):
    """The numbers of a facet that count; null leaves a side open."""

    lowest: float | None = Field(serialization_alias="from")
    end: float | None = Field(serialization_alias="to", description="first number that counts no more")


class NearValue(BaseModel):
    """A value that may be meant."""

    value: str
    label: str
    count: int = Field(description="of all articles that have it")


class UnknownFilter(BaseModel):
    """A value of a filter that stands for nothing, so that no article has it."""

    parameter: str
    value: str
    message: str
    near: tuple[NearValue, ...] = Field(description="what is called nearly so, the likest first")

    @classmethod
    def of(cls, unknown: UnknownValue) -> "UnknownFilter":
        """The value and its remedy, in words."""
        near = tuple(NearValue(value=b.value, label=b.label, count=b.count) for b in unknown.near)
        return cls(parameter=unknown.parameter, value=unknown.value, message=unknown.said, near=near)


UnknownFilters = Annotated[
    tuple[UnknownFilter, ...],
    Field(description="values of filters that stand for nothing; ids are looked up where nothing is found"),
]


class Understood(BaseModel):
    """The question as it was understood."""

    q: str = Field(description="the text, in the spelling that says the same as what was typed")
    match: Match = Field(description="how many of the words must be there")
    published_from: datetime | None = Field(serialization_alias="from", description="first instant that counts")
    published_to: datetime | None = Field(serialization_alias="to", description="first instant that counts no more")
    copies: Copies = Field(description="whether articles with the text of an earlier one are found, too")
    sort: Literal["relevance", "newest", "oldest"] = Field(description="the order of the answer")
    mode: Mode = Field(description="whether what is about the same was looked for besides what has the words")
    recency: Recency = Field(description="how much relevance raises what is new")
    size: int
    highlight: bool
    filters: dict[str, FacetSelection]
    ranges: dict[str, Bounds] = Field(description="of facets of numbers")
    facets: tuple[str, ...] = Field(description="what is counted")
    amount_from: float | None = Field(default=None, description="of a relation, in US dollars")
    amount_to: float | None = Field(default=None, description="first amount that counts no more")
    unknown: UnknownFilters = ()

    @classmethod
    def of(cls, query: ArticleQuery, unknown: Iterable[UnknownValue] = ()) -> "Understood":
        return cls(
            q=write(query.where),
            match=match_of(query.where),
            published_from=query.published_from,
            published_to=query.published_to,
            copies=query.copies,
            sort=query.effective_sort,
            mode=query.mode if query.effective_sort == "relevance" else "words",
            recency=recency_of(query),
            size=query.size,
            highlight=query.highlight,
            filters={item.facet: FacetSelection.of(item) for item in query.filters},
            ranges={item.facet: Bounds(lowest=item.lowest, end=item.end) for item in query.ranges},
            facets=tuple(request.facet for request in query.facets),
            amount_from=next((item.lowest for item in query.ranges if item.facet == DEAL_SIZE), None),
            amount_to=next((item.end for item in query.ranges if item.facet == DEAL_SIZE), None),
            unknown=tuple(map(UnknownFilter.of, unknown)),
        )
