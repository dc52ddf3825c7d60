"""Measures extraction on public sets of pages beside trafilatura and htmldate: python -m tests.eval.extraction."""

from tests.eval.extraction.measures import score_of
from tests.eval.extraction.pages import BENCHMARK, read_pages
from tests.eval.extraction.report import FLOOR

__all__ = ["BENCHMARK", "FLOOR", "read_pages", "score_of"]
