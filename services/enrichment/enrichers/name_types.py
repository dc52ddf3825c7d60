"""Decides what kind of thing a name names throughout an article, by votes of its form, its neighbours and the model."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from services.enrichment.article_text import Passage
from services.enrichment.enrichers import name_words as words
from services.enrichment.enrichers.name_runs import Ground, RunKind
from services.enrichment.knowledge_base.lexicon import Lexicon

# What a name may turn out to be; "other" is nothing that is kept.
Kind = RunKind
_Ballot = dict[Kind, float]
_BY_GROUND: dict[Ground, float] = {"head": 8.0, "title": 3.0, "given": 2.5, "place": 2.0, "": 0.0}
_AMBIGUOUS_TITLES = frozenset("Late His Her Private Count Former Mother Father Prime".split())
_TITLE_BEFORE = re.compile(rf"\b(?:{'|'.join(sorted(words.TITLES - _AMBIGUOUS_TITLES))})\.? $")
_PLACE_BEFORE = re.compile(
    r"\b(?:in|near|from|outside|around|across|at|to|toward|towards|between|throughout|into|via) $"
)
_PLACE_KIND_BEFORE = re.compile(
    r"\b(?:city|town|village|province|district|region|island|port|municipality|capital|state|county|suburb)(?: of)? "
    r"(?:the )?$"
)
_BODY_KIND_BEFORE = re.compile(
    r"\b(?:company|firm|group|party|agency|newspaper|daily|broadcaster|startup|start-up|operator|bank|airline|club|team|"
    r"union|organi[sz]ation|NGO|charity|giant|maker|retailer|network|magazine|outlet|side) $"
)
_THE_BEFORE = re.compile(r"\b[Tt]he $")
_ACTS_AFTER = re.compile(
    r",? (?:said|says|told|added|explained|recalled|argued|noted|insisted|who|whose|\d\d,)\b|, (?:who|whose|\d\d)\b"
)
_PLACE_AFTER = re.compile(
    r"(?:, [A-Z]|(?:[’']s)? (?:city|region|province|district|residents|island|area|airport|coast|border)\b)"
)
_ACRONYM = re.compile(r"[A-Z][A-Za-z]{0,4}[A-Z]s?|[A-Z]{2,6}")


class Named(NamedTuple):
    """A place where a name stands, with what is thought of it there and how much that weighs."""

    passage: Passage
    start: int
    end: int
    kind: Kind
    weight: float

    @property
    def surface(self) -> str:
        """The name as it stands there."""
        return self.passage.text[self.start : self.end]


def weight_of(ground: Ground) -> float:
    """How much a name's own form weighs."""
    return _BY_GROUND[ground]


def kinds(names: Iterable[Named], lexicon: Lexicon) -> dict[str, Kind]:
    """The kind of each name, the same wherever it stands."""
    votes: dict[str, _Ballot] = defaultdict(lambda: defaultdict(float))
    for name in names:
        ballot = votes[name.surface]
        ballot[name.kind] += name.weight
        _add_neighbours(ballot, name)
    for surface, ballot in votes.items():
        _add_form(ballot, surface, lexicon)
    return {surface: max(sorted(ballot), key=lambda kind: ballot[kind]) for surface, ballot in votes.items()}


def _add_neighbours(ballot: _Ballot, name: Named) -> None:
    text = name.passage.text
    before, after = text[max(0, name.start - 24) : name.start], text[name.end : name.end + 24]
    if _TITLE_BEFORE.search(before):
        ballot["person"] += 2.0
    elif _PLACE_KIND_BEFORE.search(before):
        ballot["location"] += 1.5
    elif _BODY_KIND_BEFORE.search(before):
        ballot["organization"] += 1.5
    elif _PLACE_BEFORE.search(before):
        ballot["location"] += 0.4
    elif _THE_BEFORE.search(before):
        ballot["organization"] += 0.5
        ballot["person"] -= 0.7
    if _ACTS_AFTER.match(after):
        ballot["person"] += 0.5
    elif _PLACE_AFTER.match(after):
        ballot["location"] += 0.3


def _add_form(ballot: _Ballot, surface: str, lexicon: Lexicon) -> None:
    parts = surface.split()
    if surface in words.NO_BODIES:
        ballot["other"] += 20.0
    if surface in lexicon.places:
        ballot["location"] += 2.0
    if len(parts) > 1 and parts[0] in lexicon.given:
        ballot["person"] += 1.5
    if parts[-1] in lexicon.surnames and parts[-1] not in lexicon.places:
        ballot["person"] += 0.7
    if _ACRONYM.fullmatch(surface):
        ballot["organization"] += 1.5
