"""Decides what kind of thing a name names throughout an article, by votes of its form, its neighbours and the model."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from services.enrichment.article_text import Passage
from services.enrichment.enrichers import name_words as words
from services.enrichment.enrichers.name_neighbours import votes
from services.enrichment.enrichers.name_runs import Ground, RunKind
from services.enrichment.knowledge_base.lexicon import Lexicon

# What a name may turn out to be; "other" is nothing that is kept.
Kind = RunKind
_Ballot = dict[Kind, float]
_BY_GROUND: dict[Ground, float] = {"head": 8.0, "title": 3.0, "given": 2.5, "place": 2.0, "": 0.0}
# No neighbours outvote a form that weighs this much.
_DECIDED = _BY_GROUND["head"]
# What must speak for a name of which neither its form nor the model says the kind; more where the model overlooked it.
_LEAST_UNSEEN: dict[Kind, float] = {"organization": 1.5, "location": 1.0, "person": 0.5}
_LEAST_OVERLOOKED: dict[Kind, float] = {"organization": 2.0, "location": 1.0, "person": 1.0}
# What else than the model must speak for a name that it has seen: it is right about people more often.
_LEAST_SEEN: dict[Kind, float] = {"organization": 0.5, "location": 0.5, "person": 0.0}
_ACRONYM = re.compile(r"[A-Z][A-Za-z]{0,4}[A-Z]s?|[A-Z]{2,6}")


class Named(NamedTuple):
    """A place where a name stands, with what is thought of it there and how much that weighs."""

    passage: Passage
    start: int
    end: int
    kind: Kind
    weight: float
    is_seen: bool = False  # by the statistical model

    @property
    def surface(self) -> str:
        """The name as it stands there."""
        return self.passage.text[self.start : self.end]


def weight_of(ground: Ground) -> float:
    """How much a name's own form weighs."""
    return _BY_GROUND[ground]


def kinds(
    names: Iterable[Named], lexicon: Lexicon, is_known: Callable[[Kind, str], bool], *, with_model: bool = False
) -> dict[str, Kind]:
    """The kind of each name, the same wherever it stands; empty where too little speaks for it.

    Args:
        is_known: whether the knowledge base has an entity of a kind and a name.
        with_model: whether the model has looked at the article.
    """
    ballots: dict[str, _Ballot] = defaultdict(lambda: defaultdict(float))
    seen: dict[str, _Ballot] = defaultdict(lambda: defaultdict(float))
    read: set[str] = set()
    for name in names:
        surface = name.surface
        ballot = ballots[surface]
        ballot[name.kind] += name.weight
        if name.is_seen:
            seen[surface][name.kind] += name.weight
        elif name.kind:
            read.add(surface)
        if name.weight >= _DECIDED:
            continue
        for neighbour in votes(name.passage.text, name.start, name.end):
            ballot[neighbour[0]] += neighbour[1]
    unseen = _LEAST_OVERLOOKED if with_model else _LEAST_UNSEEN
    chosen: dict[str, Kind] = {}
    for surface, ballot in ballots.items():
        _add_form(ballot, surface, lexicon)
        kind = max(sorted(ballot), key=lambda kind: ballot[kind])
        least = (_LEAST_SEEN if surface in seen else unseen).get(kind, 0.0)
        support = ballot[kind] - (seen[surface][kind] if surface in seen else 0.0)
        is_supported = surface in read or support >= least or is_known(kind, surface)
        chosen[surface] = kind if is_supported else ""
    return chosen


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
