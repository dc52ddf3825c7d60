"""What an article says that can be asked for by itself: its relations and quotes, as documents of their own."""

import datetime as dt
import hashlib
import math
from collections.abc import Iterable
from typing import Literal

from pydantic import AwareDatetime

from shared.article_store.document import StoredArticle, bounded_ms, order_key
from shared.clock import to_ms
from shared.events.enrichment import (
    EntityId,
    Evidence,
    Money,
    Quote,
    Relation,
    RelationStatus,
    RelationType,
    Value,
)

FactKind = Literal["relation", "quote"]
# The fields that a fact can be counted by, and which of them show the label of which field instead of their value.
LABELLED = {"party": "party", "subject": "party", "object": "party", "speaker": "party", "source": "source"}
# Raise it when the same article would give other documents, though no field changed its definition.
FACTS_LAYOUT_VERSION = 1
# A page that lists a thousand deals says less of each than a page of one.
MAX_FACTS_PER_KIND = 100
_MANTISSA_BITS = 31
_MINUTE_BITS = 26
_MINUTE_MS = 60_000
# Elasticsearch's `long` ends at 2**63; more dollars than this are a misreading.
_MOST_CENTS = 2**62
CENTS_PER_DOLLAR = 100


class Party(Value):
    """Someone who takes part in a fact, under the name that the article gives."""

    id: EntityId
    name: str


class FactAmount(Value):
    """An amount as the article says it, and in US dollars where the rate of its currency is known."""

    value: float
    currency: str
    value_usd: float | None = None


class StoredFact(Value):
    """A relation or a quote of an article, as it is kept: everything else is derived from it.

    Attributes:
        fact_id: article_id:kind:n; n counts the facts of a kind in an article from 0.
        hidden: as its article.
        of_copy: whether its article has the text of an earlier one, which says the same.
        type: of a relation; None for a quote.
        subject: who does, in a relation.
        object: whom it is done with, in a relation.
        speaker: who says a quote, as the article names them; speaker_id where that is someone known.
        evidence: the words of the quote, or the passage that says the relation.
    """

    fact_id: str
    article_id: str
    kind: FactKind
    hidden: bool = False
    of_copy: bool = False
    type: RelationType | None = None
    subject: Party | None = None
    object: Party | None = None
    amount: FactAmount | None = None
    stake_percent: float | None = None
    status: RelationStatus | None = None
    date: dt.date | None = None
    speaker: str | None = None
    speaker_id: EntityId | None = None
    evidence: Evidence
    origin: str
    confidence: float
    title: str
    url: str
    source_id: str
    source_name: str
    language: str
    published_at: AwareDatetime

    @property
    def parties(self) -> tuple[Party, ...]:
        """All who take part, each once: subject, object, and a speaker who is known."""
        speaker = Party(id=self.speaker_id, name=self.speaker or self.speaker_id) if self.speaker_id else None
        present = [party for party in (self.subject, self.object, speaker) if party is not None]
        return tuple({party.id: party for party in reversed(present)}.values())[::-1]

    @property
    def amount_cents(self) -> int | None:
        """The amount in cents of a US dollar; None where there is none, or no rate."""
        if self.amount is None or self.amount.value_usd is None:
            return None
        return cents(self.amount.value_usd)

    @property
    def published_ms(self) -> int:
        """The publication of the article in ms since 1970, within what an order key holds."""
        return bounded_ms(self.published_at)

    @property
    def published_order(self) -> int:
        """Orders by publication and tells facts of one instant apart, as the order key of an article does."""
        return order_key(to_ms(self.published_at), hashlib.sha256(self.fact_id.encode()).hexdigest())

    @property
    def amount_order(self) -> int:
        """Orders by amount, of equal amounts by publication: amounts are told apart to nine digits, times to minutes.

        What has no amount in dollars comes below everything that has.
        """
        amount = self.amount_cents
        minutes = min(self.published_ms // _MINUTE_MS, (1 << _MINUTE_BITS) - 1)
        rank = 0 if amount is None else 1 + _rank(amount)
        return (rank << _MINUTE_BITS) | minutes


def cents(dollars: float) -> int:
    """A number of dollars as the store compares it."""
    return round(_in_cents(dollars))


def bound_in_cents(dollars: float) -> int:
    """The least number of cents that is not below a bound: what is at least it, or below it, is so in cents too."""
    bound = _in_cents(dollars)
    nearest = round(bound)
    # What a float lacks or has too much of a whole cent is no part of the bound.
    return nearest if math.isclose(bound, nearest, rel_tol=1e-15) else math.ceil(bound)


def _in_cents(dollars: float) -> float:
    return min(max(dollars, 0.0) * CENTS_PER_DOLLAR, float(_MOST_CENTS))


def facts_of(stored: StoredArticle) -> tuple[StoredFact, ...]:
    """The facts of an article: relations, then quotes, each in the order of the enrichment."""
    names = {entity.id: entity.name for entity in stored.enrichment.entities}
    relations = stored.enrichment.relations[:MAX_FACTS_PER_KIND]
    quotes = stored.enrichment.quotes[:MAX_FACTS_PER_KIND]
    return (
        *(_relation(stored, names, number, relation) for number, relation in enumerate(relations)),
        *(_quote(stored, number, quote) for number, quote in enumerate(quotes)),
    )


def fact_ids(stored: StoredArticle) -> set[str]:
    """The ids of `facts_of` an article, without the facts."""
    kinds: tuple[tuple[FactKind, int], ...] = (
        ("relation", len(stored.enrichment.relations)),
        ("quote", len(stored.enrichment.quotes)),
    )
    return {
        fact_id(stored.article_id, kind, number)
        for kind, found in kinds
        for number in range(min(found, MAX_FACTS_PER_KIND))
    }


def fact_id(article_id: str, kind: FactKind, number: int) -> str:
    """The id of the `number`-th fact of a kind in an article."""
    return f"{article_id}:{kind}:{number}"


def counted_values(fact: StoredFact) -> dict[str, tuple[str, ...]]:
    """The values of a fact in each field that it can be found and counted by."""
    single = {
        "kind": fact.kind,
        "type": fact.type,
        "status": fact.status,
        "subject": fact.subject.id if fact.subject else None,
        "object": fact.object.id if fact.object else None,
        "speaker": fact.speaker_id,
        "source": fact.source_id,
        "language": fact.language,
    }
    values = {name: () if value is None else (value,) for name, value in single.items()}
    return {**values, "party": tuple(party.id for party in fact.parties)}


def labels(fact: StoredFact) -> dict[str, dict[str, str]]:
    """What people read instead of an id, by the field of LABELLED that holds it, and the id."""
    return {
        "party": {party.id: party.name for party in fact.parties},
        "source": {fact.source_id: fact.source_name},
    }


def _relation(stored: StoredArticle, names: dict[str, str], number: int, relation: Relation) -> StoredFact:
    return StoredFact(
        fact_id=fact_id(stored.article_id, "relation", number),
        kind="relation",
        type=relation.type,
        subject=Party(id=relation.subject, name=names.get(relation.subject, relation.subject)),
        object=Party(id=relation.object, name=names.get(relation.object, relation.object)),
        amount=_amount(relation, stored.enrichment.money),
        stake_percent=relation.stake_percent,
        status=relation.status,
        date=relation.date,
        evidence=relation.evidence,
        origin=relation.origin,
        confidence=relation.confidence,
        **_of_article(stored),
    )


def _quote(stored: StoredArticle, number: int, quote: Quote) -> StoredFact:
    return StoredFact(
        fact_id=fact_id(stored.article_id, "quote", number),
        kind="quote",
        speaker=quote.speaker,
        speaker_id=quote.speaker_id,
        evidence=Evidence(start=quote.start, end=quote.end, text=quote.text),
        origin=quote.origin,
        confidence=quote.confidence,
        **_of_article(stored),
    )


def _of_article(stored: StoredArticle) -> dict[str, object]:
    article = stored.article
    return {
        "article_id": stored.article_id,
        "hidden": stored.hidden,
        "of_copy": stored.copy_of is not None,
        "title": article.title,
        "url": article.canonical_url,
        "source_id": article.source_id,
        "source_name": article.site_name or article.source_id,
        "language": stored.enrichment.language.code,
        "published_at": article.published.at,
    }


def _amount(relation: Relation, money: Iterable[Money]) -> FactAmount | None:
    """The amount of a relation, in dollars at the rate that the article's own amount was read at."""
    if relation.amount is None:
        return None
    value, currency = relation.amount.value, relation.amount.currency
    same = [m.value_usd for m in money if (m.value, m.currency) == (value, currency) and m.value_usd is not None]
    return FactAmount(value=value, currency=currency, value_usd=value if currency == "USD" else next(iter(same), None))


def _rank(amount: int) -> int:
    """Rises with the amount, in few bits: an exponent, and the first 31 bits of the number."""
    exponent = max(amount.bit_length() - _MANTISSA_BITS, 0)
    return (exponent << (_MANTISSA_BITS - 1)) + (amount >> exponent)
