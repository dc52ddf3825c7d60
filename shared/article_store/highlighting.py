"""Shows why an article was found: its title and the passages of its text with the words that matched marked.

One highlighter for both stores, over the text as it is kept, so that both show the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.article_store.document import StoredArticle
from shared.article_store.query import HIGHLIGHT_END, HIGHLIGHT_START, Highlights, Words
from shared.article_store.snippets import shortened
from shared.article_store.wording import bag
from shared.article_store.words import words

MAX_FRAGMENTS = 3
FRAGMENT_CHARACTERS = 160
_LEAD_CHARACTERS = 50
# A text is searched for what matched only so far: 40 times the usual article.
_SEARCHED_CHARACTERS = 120_000

_Pattern = tuple[str, ...]


@dataclass(frozen=True)
class _Match:
    """Characters of the text that matched a word or phrase."""

    start: int
    end: int
    pattern: _Pattern


def highlight(stored: StoredArticle, wanted: Iterable[Words]) -> Highlights:
    """Title and up to three fragments with every word marked that was asked for, in whichever field.

    Of an article that says noarchive, the fragments are taken from what may be shown of it.
    """
    bags = (bag(one) for one in wanted)
    patterns = {said.terms for one in bags if one is not None for said in one.parts}
    title = _clean(stored.article.title)
    withheld = "noarchive" in stored.article.rights
    text = _clean(shortened(stored.article.text) if withheld else stored.article.text[:_SEARCHED_CHARACTERS])
    in_title = _matches(title, patterns)
    return Highlights(
        title=_marked(title, 0, len(title), in_title) if in_title else None,
        text=tuple(_fragments(text, _matches(text, patterns))),
    )


def _clean(text: str) -> str:
    """Without the signs that mark: what is shown as found must have been found."""
    return text.replace(HIGHLIGHT_START, "").replace(HIGHLIGHT_END, "")


def _matches(text: str, patterns: set[_Pattern]) -> list[_Match]:
    by_first: dict[str, list[_Pattern]] = {}
    for pattern in patterns:
        by_first.setdefault(pattern[0], []).append(pattern)
    found = list(words(text)) if by_first else []
    return [
        _Match(word.start, found[index + len(pattern) - 1].end, pattern)
        for index, word in enumerate(found)
        for pattern in by_first.get(word.term, ())
        if tuple(w.term for w in found[index : index + len(pattern)]) == pattern
    ]


def _fragments(text: str, matches: Sequence[_Match]) -> list[str]:
    """The passages with the most different words asked for, in the order of the text."""
    passages: list[list[_Match]] = []
    for match in matches:
        if passages and match.end - passages[-1][0].start <= FRAGMENT_CHARACTERS - _LEAD_CHARACTERS:
            passages[-1].append(match)
        else:
            passages.append([match])
    best = sorted(passages, key=lambda p: (-len({match.pattern for match in p}), -len(p), p[0].start))[:MAX_FRAGMENTS]
    fragments, shown = [], 0
    for passage in sorted(best, key=lambda p: p[0].start):
        # What the fragment before shows already is not shown again.
        if ahead := [match for match in passage if match.start >= shown]:
            start, end = _extent(text, ahead, shown)
            fragments.append(_marked(text, start, end, (m for m in matches if start <= m.start and m.end <= end)))
            shown = end
    return fragments


def _extent(text: str, passage: Sequence[_Match], least: int) -> tuple[int, int]:
    """From where to where the passage is shown, which begins at `least` or later."""
    first, last = passage[0].start, max(match.end for match in passage)
    start = max(least, first - _LEAD_CHARACTERS)
    end = max(last, min(len(text), start + FRAGMENT_CHARACTERS))
    return _word_start(text, start, first), _word_end(text, last, end)


def _word_start(text: str, start: int, limit: int) -> int:
    """After the first space between start and limit, so that no word is cut where there are spaces."""
    space = text.find(" ", start, limit) if start else -1
    return space + 1 if space >= 0 else start


def _word_end(text: str, limit: int, end: int) -> int:
    space = text.rfind(" ", limit, end) if end < len(text) else -1
    return space if space >= 0 else end


def _marked(text: str, start: int, end: int, matches: Iterable[_Match]) -> str:
    """The stretch of text with its matches between the marks; overlapping matches are marked as one."""
    parts: list[str] = []
    done = start
    for a, b in _joined(matches):
        parts += (text[done:a], HIGHLIGHT_START, text[a:b], HIGHLIGHT_END)
        done = b
    return "".join((*parts, text[done:end]))


def _joined(matches: Iterable[_Match]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for match in sorted(matches, key=lambda m: (m.start, m.end)):
        if spans and match.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], match.end))
        else:
            spans.append((match.start, match.end))
    return spans
