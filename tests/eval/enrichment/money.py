"""Measures amounts of money on our own sentences: span, value and currency, and apart from them the purpose."""

from collections.abc import Iterable, Iterator
from functools import cache

from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import open_pipeline
from shared.events.enrichment import Money
from tests.eval.enrichment.run import Run
from tests.eval.enrichment.sentences import Sentence, measured, read_sentences

AMOUNT_FLOOR, PURPOSE_FLOOR = 0.95, 0.85


def measure(run: Run) -> Iterator[str]:
    """Write the report; what falls short."""
    pipeline = open_pipeline("fast")
    sentences = read_sentences("money")

    @cache
    def read(text: str) -> tuple[Money, ...]:
        return pipeline.enrich(ArticleText("", text)).money

    amounts = measured("span, value, currency", run, sentences, _true_amounts, lambda s: map(_amount, read(s.text)))
    purposes = measured("span, purpose", run, sentences, _true_purposes, lambda s: _purposes(read(s.text)))
    if amounts < AMOUNT_FLOOR:
        yield f"money {amounts:.3f} of {AMOUNT_FLOOR}"
    if purposes < PURPOSE_FLOOR:
        yield f"purposes {purposes:.3f} of {PURPOSE_FLOOR}"


def _true_amounts(sentence: Sentence) -> Iterable[tuple[object, ...]]:
    fields = ("start", "end", "value", "value_max", "currency")
    return [tuple(value[name] for name in fields) for value in sentence.gold]


def _amount(money: Money) -> tuple[object, ...]:
    return money.start, money.end, money.value, money.value_max, money.currency


def _true_purposes(sentence: Sentence) -> Iterable[tuple[object, ...]]:
    return [(value["start"], value["end"], value["purpose"]) for value in sentence.gold if value["purpose"]]


def _purposes(amounts: Iterable[Money]) -> Iterable[tuple[object, ...]]:
    return [(money.start, money.end, money.purpose) for money in amounts if money.purpose]
