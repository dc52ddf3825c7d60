"""Measures quotes on our own sentences: the span of the words and who says them."""

from collections.abc import Iterable, Iterator

from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import open_pipeline
from tests.eval.enrichment.run import Run
from tests.eval.enrichment.sentences import Sentence, measured, read_sentences

FLOOR = 0.90


def measure(run: Run) -> Iterator[str]:
    """Write the report; what falls short."""
    pipeline = open_pipeline("fast")

    def read(sentence: Sentence) -> Iterable[tuple[object, ...]]:
        found = pipeline.enrich(ArticleText("", sentence.text)).quotes
        return [(quote.start, quote.end, quote.speaker) for quote in found]

    f1 = measured("span, speaker", run, read_sentences("quotes"), _true_quotes, read)
    if f1 < FLOOR:
        yield f"quotes {f1:.3f} of {FLOOR}"


def _true_quotes(sentence: Sentence) -> Iterable[tuple[object, ...]]:
    return [(value["start"], value["end"], value["speaker"]) for value in sentence.gold]
