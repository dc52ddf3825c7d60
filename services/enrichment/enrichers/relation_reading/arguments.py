"""Finds the names that a verb or noun of a sentence speaks of: its subject, its object, its agent."""

from collections.abc import Sequence, Set

from services.enrichment.enrichers.relation_reading.frames import VERBS
from services.enrichment.enrichers.relation_reading.words import (
    AUXILIARIES,
    CLAUSE_STARTS,
    COMPANY_NOUNS,
    CONTROL,
    LIST_INTRODUCERS,
    NAME,
    PARTS,
    PERSON_NOUNS,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVES,
    REPORTS,
    STAKE_WORDS,
)

_CHAIN = AUXILIARIES | CONTROL
_BOUNDARIES = frozenset(". ; :".split())
_CONTRASTS = frozenset("while whereas but because although though".split())
_NO_SUBJECT_AFTER = PREPOSITIONS - {"after", "before", "following"}
# Before a verb these say that its subject stands further to the left.
_LEADS_BACK = frozenset(", and but or by after before through with via when".split())
# A sentence may open with a phrase or clause of its own, up to a comma.
_OPENINGS = frozenset(
    "after when while as since although though before following with in on under at by for during through upon "
    "if despite until amid because".split()
)
_ACTS = (AUXILIARIES | CONTROL) - PREPOSITIONS | frozenset(VERBS)
_PLACING = frozenset({"of", "in", "from", "at"})
_NO_OBJECT = PREPOSITIONS | AUXILIARIES | CLAUSE_STARTS | PRONOUNS
_NO_DESCRIPTION = PREPOSITIONS | AUXILIARIES | RELATIVES | CONTROL
_DESCRIBING = COMPANY_NOUNS | PERSON_NOUNS
_ENDS_PHRASE = _BOUNDARIES | RELATIVES | CLAUSE_STARTS | AUXILIARIES
_ADDING = frozenset({("together", "with"), ("participation", "from"), ("participation", "by"), ("along", "with")})
# How many words away a party may stand; longer ones are more often another clause's.
_FURTHEST_OBJECT = 14
_FURTHEST_AGENT = 16
_LONGEST_DESCRIPTION = 4
_LONGEST_APPOSITION = 16
_FURTHEST_LIST = 8


def subject_of(words: Sequence[str], verb: int) -> int | None:
    """The place of the name that governs the verb at a place; None where it is something else."""
    if words[verb].endswith(("ing", "ed")) and (verb == 0 or words[verb - 1] in _BOUNDARIES):
        return next_subject(words, verb + 1)
    at, by_pronoun = _back_over_chain(words, verb - 1)
    if at < 0:
        return None
    word = words[at]
    if word == NAME:
        return _actor(words, at, loose=words[verb - 1] == "to" or words[verb].endswith("ing"))
    if word in _BOUNDARIES:
        return main_subject(words, at) if by_pronoun else None
    if word in RELATIVES:
        return _antecedent(words, at)
    if word in _LEADS_BACK or at < verb - 1:
        return main_subject(words, at)
    return None


def _back_over_chain(words: Sequence[str], at: int) -> tuple[int, bool]:
    """The place before "said that it had agreed to", and whether a pronoun was among such words."""
    by_pronoun = False
    while at >= 0:
        if words[at] in PRONOUNS:
            by_pronoun = True
        elif words[at] in COMPANY_NOUNS and at > 0 and words[at - 1] == "the":
            by_pronoun, at = True, at - 1
        elif words[at] not in _CHAIN or (words[at] == "that" and at > 0 and words[at - 1] not in _CHAIN):
            break
        at -= 1
    return at, by_pronoun


def _actor(words: Sequence[str], at: int, *, loose: bool) -> int | None:
    """The name at a place, or the one that it only places: "A of Dayton, Ohio, bought B".

    loose: whether the name may follow a preposition: "for A to buy B", "talk of A buying B".
    """
    if _may_act(words, at) or (loose and words[at - 1] in ("for", "of", "with")):
        return at
    before = at - 4 if words[at - 1] == "," else at - 2
    if before >= 0 and words[before] == NAME and words[before + 1] in _PLACING and _may_act(words, before):
        return before
    return None


def _may_act(words: Sequence[str], name: int) -> bool:
    if name == 0:
        return True
    placed = words[name - 1] == "," and name > 3 and words[name - 2] == NAME and words[name - 3] in _PLACING
    if placed and words[name - 4] not in _BOUNDARIES:
        return False  # the state in "of Dayton, Ohio"
    return words[name - 1] not in _NO_SUBJECT_AFTER


def _antecedent(words: Sequence[str], relative: int) -> int | None:
    at = relative - 1
    if at >= 0 and words[at] == ",":
        at -= 1
    if at >= 0 and words[at] == NAME:
        return at
    for comma in range(at - 1, max(0, at - _FURTHEST_LIST), -1):
        if words[comma] == "," and words[comma - 1] == NAME and words[comma + 1] in ("a", "an", "the", "one"):
            return comma - 1  # "A, a startup that"
    return main_subject(words, at)


def main_subject(words: Sequence[str], before: int, *, across: bool = False) -> int | None:
    """The place of the name that the clause before a place is about: its first one outside phrases and possessives.

    Where the clause names none but has a pronoun, or `across` is true, that of the sentence before it. None where
    nothing stands before the place.
    """
    if before < 0:
        return None
    start = before
    while start > 0 and not _starts_clause(words, start - 1):
        start -= 1
    found = _first_actor(words, start, before)
    if found is None and start > 1 and words[start - 1] in (".", ";") and (across or _is_pronoun(words, start)):
        return main_subject(words, start - 2)
    return found


def _is_pronoun(words: Sequence[str], at: int) -> bool:
    if at >= len(words):
        return False
    if words[at] in PRONOUNS or words[at] in ("its", "their"):
        return True
    return words[at] == "the" and at + 1 < len(words) and words[at + 1] in COMPANY_NOUNS


def _starts_clause(words: Sequence[str], at: int) -> bool:
    if words[at] in _BOUNDARIES or words[at] in _CONTRASTS:
        return True
    if words[at] == "and" and words[at + 1 : at + 2] == [NAME]:
        return at + 2 < len(words) and words[at + 2] in _ACTS
    reported = words[at] == "that" and at > 0 and words[at - 1] in REPORTS
    return reported and at + 1 < len(words) and words[at + 1] not in PRONOUNS


def _first_actor(words: Sequence[str], start: int, before: int) -> int | None:
    if start < before and words[start] in _OPENINGS and "," in words[start:before]:
        found = _first_actor(words, words.index(",", start) + 1, before)
        if found is not None:
            return found
    for at in range(start, min(before + 1, len(words))):
        if words[at] == NAME and _may_act(words, at) and words[at + 1 : at + 2] != ["'s"]:
            return _head(words, at, before)
    return None


def next_subject(words: Sequence[str], start: int) -> int | None:
    """The place of the name that follows an opening phrase: "Backed by B, A grew"."""
    for at in range(start, min(len(words), start + _FURTHEST_AGENT)):
        if words[at] in _BOUNDARIES:
            return None
        if words[at] == ",":
            return object_of(words, at + 1, _LONGEST_DESCRIPTION)
    return None


def object_of(words: Sequence[str], start: int, furthest: int = _FURTHEST_OBJECT) -> int | None:
    """The place of the name that is the object of what ends before a place, past articles, adjectives and parts."""
    share = False
    for at in range(start, min(len(words), start + furthest)):
        word = words[at]
        if word == NAME:
            return _head(words, at, len(words) - 1)
        share = share or word in STAKE_WORDS or word in ("%", "percent", "cent")
        if not _may_precede_object(words, at, share):
            return None
    return None


def _may_precede_object(words: Sequence[str], at: int, share: bool) -> bool:
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else ""
    match word:
        case "of":
            return words[at - 1] in PARTS or words[at - 1] in STAKE_WORDS or words[at - 1] in COMPANY_NOUNS
        case "in":
            return share
        case "as":
            return words[at - 1] == "such"
        case "," | ":":
            named = following == NAME and words[at - 1] in COMPANY_NOUNS
            return named or (following in LIST_INTRODUCERS and following != "like") or following == "such"
    if word in RELATIVES:
        return following in LIST_INTRODUCERS
    return word not in _NO_OBJECT or (word in LIST_INTRODUCERS and word not in AUXILIARIES)


def _head(words: Sequence[str], at: int, last: int) -> int:
    """Of "Japanese carmaker A" and "A's software unit B" the last name, which the ones before only describe."""
    possessive = at < last and words[at + 1] == "'s"
    start = at + 1 + possessive
    for place in range(start, min(last, start + _LONGEST_DESCRIPTION) + 1):
        word = words[place]
        described = place > start and words[place - 1] in _DESCRIBING
        if word == NAME:
            return _head(words, place, last) if possessive or described else at
        if word == "," and described and place < last and words[place + 1] == NAME:
            return place + 1
        if not word[0].isalpha() or word in _NO_DESCRIPTION:
            return at
    return at


def agent_of(words: Sequence[str], start: int) -> int | None:
    """The place of the name after the "by" of a passive, wherever in the clause it comes."""
    for at in range(start, min(len(words), start + _FURTHEST_AGENT)):
        word = words[at]
        if word == "by":
            return object_of(words, at + 1)
        if word == "and" and words[at + 1 : at + 2] and words[at + 1].endswith("ed"):
            continue
        if word in _BOUNDARIES or word in RELATIVES or word in _CONTRASTS or word in ("and", "when", "after", "before"):
            return None
    return None


def marked(words: Sequence[str], start: int, markers: Set[str], furthest: int = 10) -> int | None:
    """The place after the first of some prepositions in the rest of a phrase."""
    for at in range(start, min(len(words), start + furthest)):
        if words[at] in markers:
            return at + 1
        if words[at] in _ENDS_PHRASE:
            return None
    return None


def object_marked(words: Sequence[str], start: int, markers: Set[str], furthest: int = 10) -> int | None:
    """The place of the name after the first of some prepositions."""
    after = marked(words, start, markers, furthest)
    return None if after is None else object_of(words, after)


def listed(words: Sequence[str], name: int) -> list[int]:
    """The places of a name and of those that are added to it: "A, a maker of pumps, and B", "A alongside B"."""
    places = [name]
    while True:
        further = _added(words, places[-1] + 1)
        if further is None:
            return places
        places.append(further)


def _added(words: Sequence[str], at: int) -> int | None:
    introduced = _introduced(words, at)
    if introduced is not None:
        return introduced
    comma = words[at : at + 1] == [","]
    at += comma
    if words[at : at + 1] == ["alongside"]:
        return object_of(words, at + 1, 6)
    if tuple(words[at : at + 2]) in _ADDING:
        return object_of(words, at + 2, 6)
    if tuple(words[at + 1 : at + 3]) in _ADDING and words[at] in ("with", "and"):
        return object_of(words, at + 3, 6)
    if comma and words[at : at + 1] and words[at] in ("a", "an", "the", "one"):
        return _after_apposition(words, at)
    return None


def _introduced(words: Sequence[str], start: int) -> int | None:
    """The place of a name after "including" or "such as", not far on."""
    for at in range(start, min(len(words), start + _FURTHEST_LIST)):
        word = words[at]
        if word in ("including", "namely", "notably") or (word == "as" and words[at - 1] == "such"):
            return object_of(words, at + 1, 6)
        if word in _BOUNDARIES or word in RELATIVES or word in AUXILIARIES or word == "by" or word.endswith("ed"):
            return None
    return None


def _after_apposition(words: Sequence[str], start: int) -> int | None:
    for at in range(start, min(len(words), start + _LONGEST_APPOSITION)):
        if words[at] in _BOUNDARIES or words[at] in RELATIVES:
            return None
        if list(words[at : at + 3]) == [",", "and", NAME]:
            return at + 2
    return None
