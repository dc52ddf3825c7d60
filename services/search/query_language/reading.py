"""Reads the text of a query into one expression: strictly, or forgiving with notes on what was mended.

    or     = and {"OR" and}
    and    = not {["AND"] not}
    not    = {"NOT" | "-"} atom
    atom   = word | "phrase" | field ":" value | "(" or ")"
    value  = word | "phrase" | "(" or ")"           each word or phrase inside is a value of the field

Equal questions become equal expressions: words that stand side by side are one bag, values of one facet between ORs one
condition, nothing is nested without need.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

from services.search.query_language.fields import ENTITY_FACETS, FIELDS, TEXT_FIELDS, asked
from services.search.query_language.mistakes import QueryMistake, Repair
from services.search.query_language.tokens import OPERATORS, Kind, Token, tokens
from shared.article_store.query import (
    MAX_EXPRESSION_DEPTH,
    MAX_EXPRESSION_PARTS,
    MAX_WORDS,
    AllOf,
    AnyOf,
    Expression,
    HasValue,
    Match,
    Not,
    Words,
)

MAX_QUERY_CHARACTERS = 2000
# Bounds the recursion; how deep the expression is counts later, since many parentheses may say nothing.
_MAX_PARENTHESES = 16
_ATOM_BEGINS: frozenset[Kind] = frozenset({"word", "phrase", "field", "minus", "not", "open"})


@dataclass(frozen=True)
class Reading:
    """What a query asks, None where it asks nothing, and what was mended to read it."""

    expression: Expression | None
    notes: tuple[str, ...] = ()


# At a word; one that stands alone is punctuation.
_JOKER = re.compile(r"\w\*|\*\w")


def read(query: str, now: datetime, match: Match = "all") -> Expression | None:
    """What the query asks; None where it says nothing.

    Args:
        now: what spans like `after:7d` are counted from.
        match: how many words of a bag must be there; what is excluded, quoted or said of a field needs all of them.

    Raises:
        QueryMistake: it cannot be read; points at the character.
    """
    if len(query) > MAX_QUERY_CHARACTERS:
        raise QueryMistake(
            query, MAX_QUERY_CHARACTERS, len(query), f"more than {MAX_QUERY_CHARACTERS} characters: ask for less"
        )
    return _Parser(query, tokens(query), now).whole(match)


def read_forgiving(query: str, now: datetime, match: Match = "all") -> Reading:
    """The nearest that can be read of a query, and what was mended; never fails."""
    text, notes = query[:MAX_QUERY_CHARACTERS], []
    if len(query) > MAX_QUERY_CHARACTERS:
        notes.append(f"only the first {MAX_QUERY_CHARACTERS} characters were read")
    # Each repair takes a mistake away; so many are made by nobody who means something by them.
    for _ in range(MAX_EXPRESSION_PARTS):
        try:
            return Reading(read(text, now, match), tuple(dict.fromkeys(notes)))
        except QueryMistake as mistake:
            notes.append(mistake.reason)
            if mistake.repair is None:
                break
            text = mistake.repair.applied(text)
    return Reading(_words_only(text, match), (*dict.fromkeys(notes), "looked for the words alone"))


@dataclass
class _Parser:
    query: str
    tokens: list[Token]
    now: datetime
    at: int = 0
    depth: int = 0
    deepest: tuple[int, Token] | None = None
    words: int = 0
    conditions: int = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.next
        self.at += token.kind != "end"
        return token

    def whole(self, match: Match) -> Expression | None:
        if self.next.kind == "end":
            return None
        found = self.either(field=None)
        rest = self.take()
        if rest.kind == "close":
            raise self.mistake(rest, "a closing parenthesis without an opening one", "")
        if _depth(found) > MAX_EXPRESSION_DEPTH and self.deepest:
            raise self.mistake(self.deepest[1], "parentheses too deep within each other: ask in a flatter way")
        return matched(found, match)

    def either(self, field: Token | None) -> Expression:
        found = [self.every(field)]
        while self.next.kind == "or":
            self.take()
            found.append(self.every(field))
        return any_of(found)

    def every(self, field: Token | None) -> Expression:
        found = [self.negated(field)]
        while self.next.kind == "and" or self.next.kind in _ATOM_BEGINS:
            if self.next.kind == "and":
                self.take()
            found.append(self.negated(field))
        return all_of(found)

    def negated(self, field: Token | None) -> Expression:
        negations = 0
        while self.next.kind in ("minus", "not"):
            self.take()
            negations += 1
        found = self.atom(field)
        return negation(found) if negations % 2 else found

    def atom(self, field: Token | None) -> Expression:
        token = self.take()
        if token.kind in ("word", "phrase"):
            return self.leaf(token, field)
        if token.kind == "open":
            return self.group(token, field)
        if token.kind == "field" and field is None:
            return self.of_field(token)
        if token.kind == "field":
            raise self.mistake(token, f"a field within the parentheses of {field and field.text}:", "")
        raise self.misplaced(token)

    def leaf(self, token: Token, field: Token | None) -> Expression:
        self.count(token, field)
        phrase = token.kind == "phrase"
        if not token.text:
            raise self.mistake(token, "nothing stands between the quotation marks", "")
        if not phrase and (field is None or field.text.lower() in TEXT_FIELDS) and _JOKER.search(token.text):
            reason = "an asterisk stands for nothing: words are found in all their forms"
            raise self.mistake(token, reason, token.text.replace("*", ""))
        if field is None:
            return Words(token.text, phrase=phrase)
        try:
            return asked(field.text.lower(), token.text, self.now, phrase=phrase)
        except ValueError as error:
            place = Token("field", "", min(field.start, token.start), token.end)
            raise self.mistake(place, f"{field.text}: {error}", "") from error

    def count(self, token: Token, field: Token | None) -> None:
        """Words that stand side by side become one condition; everything else is one or, for any entity, several."""
        self.words += len(token.text.split())
        if field is not None or token.kind == "phrase":
            self.conditions += len(ENTITY_FACETS) if field and field.text.lower() == "entity" else 1
        if self.words > MAX_WORDS or self.conditions > MAX_EXPRESSION_PARTS:
            most = f"{MAX_WORDS} words" if self.words > MAX_WORDS else f"{MAX_EXPRESSION_PARTS} phrases and conditions"
            raise self.mistake(token, f"more than {most}: ask for less")

    def group(self, opened: Token, field: Token | None) -> Expression:
        self.depth += 1
        self.deepest = max(self.deepest or (0, opened), (self.depth, opened), key=lambda one: one[0])
        if self.depth > _MAX_PARENTHESES:
            raise self.mistake(opened, f"parentheses more than {_MAX_PARENTHESES} deep")
        if self.next.kind == "close":
            raise self.mistake(Token("open", "", opened.start, self.next.end), "nothing stands in parentheses", "")
        found = self.either(field)
        closing = self.take()
        if closing.kind != "close":
            end = len(self.query)
            raise QueryMistake(
                self.query, opened.start, opened.end, "a parenthesis is never closed", Repair(end, end, ")")
            )
        self.depth -= 1
        return found

    def of_field(self, field: Token) -> Expression:
        name, value = field.text.lower(), self.next
        follows = value.kind != "end" and value.start == field.end
        if name not in FIELDS:
            return self.no_field(field, value if follows else None)
        if not follows or value.kind not in ("word", "phrase", "open", "and", "or", "not"):
            # A value after a blank is what is meant; without any, the colon is a slip.
            mended = (
                Repair(field.end, value.start) if value.kind in ("word", "phrase") else Repair(field.end - 1, field.end)
            )
            raise QueryMistake(
                self.query, field.start, field.end, f"{field.text}: needs a value right behind the colon", mended
            )
        if value.kind == "open":
            return self.group(self.take(), field)
        # What looks like an operator is a value here.
        return self.leaf(replace(self.take(), kind="phrase" if value.kind == "phrase" else "word"), field)

    def no_field(self, field: Token, value: Token | None) -> Expression:
        """A colon is common in titles ("Breaking: storm"); right before a value it is meant for a field."""
        if value is None:
            return self.leaf(replace(field, kind="word"), None)
        nearest = get_close_matches(field.text.lower(), FIELDS, n=1)
        meant = f"is {nearest[0]}: meant? Otherwise" if nearest else "to look for the words,"
        whole = Token("field", "", field.start, value.end)
        # A parenthesis stays for what it holds; anything else is looked for as it stands.
        kept = f"{field.text} (" if value.kind == "open" else f'"{field.text} {value.text}"'
        raise self.mistake(whole, f"there is no field {field.text}: {meant} put them into quotation marks", kept)

    def misplaced(self, token: Token) -> QueryMistake:
        if token.kind == "close":
            return self.mistake(token, "a closing parenthesis where a word should stand", "")
        culprit = self.tokens[self.at - 1] if token.kind == "end" else token
        named = culprit.text if culprit.kind != "minus" else "-"
        return self.mistake(
            culprit, f"{named} needs words on {'both sides' if named in ('AND', 'OR') else 'its right'}", ""
        )

    def mistake(self, token: Token, reason: str, instead: str | None = None) -> QueryMistake:
        repair = None if instead is None else Repair(token.start, token.end, instead)
        return QueryMistake(self.query, token.start, token.end, reason, repair)


def all_of(parts: Iterable[Expression]) -> Expression:
    """All parts hold: flat, and the words without quotes or field as one bag where the first of them stood."""
    flat = _distinct(inner for part in parts for inner in (part.parts if isinstance(part, AllOf) else (part,)))
    bags = [part for part in flat if isinstance(part, Words) and _is_bag(part)]
    merged: dict[Expression, None] = {}
    bag = Words(" ".join(dict.fromkeys(word for bag in bags for word in bag.text.split())))
    for part in flat:
        merged[bag if part in bags else part] = None
    return next(iter(merged)) if len(merged) == 1 else AllOf(tuple(merged))


def any_of(parts: Iterable[Expression]) -> Expression:
    """One part holds: flat, and the values of one facet as one condition where the first of them stood."""
    flat = _distinct(inner for part in parts for inner in (part.parts if isinstance(part, AnyOf) else (part,)))
    values: dict[str, tuple[str, ...]] = {}
    for part in flat:
        if isinstance(part, HasValue):
            values[part.facet] = tuple(dict.fromkeys((*values.get(part.facet, ()), *part.values)))
    merged = _distinct(
        HasValue(part.facet, values[part.facet]) if isinstance(part, HasValue) else part for part in flat
    )
    return merged[0] if len(merged) == 1 else AnyOf(tuple(merged))


def negation(part: Expression) -> Expression:
    """The part does not hold; of what does not hold already, that it does."""
    return part.part if isinstance(part, Not) else Not(part)


def matched(expression: Expression, match: Match) -> Expression:
    """The expression with `match` for its bags of several words, but for excluded ones."""
    match expression:
        case Words() if _is_bag(expression) and " " in expression.text:
            return replace(expression, match=match)
        case AllOf(parts):
            return AllOf(tuple(matched(part, match) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(matched(part, match) for part in parts))
        case _:
            return expression


def match_of(expression: Expression | None) -> Match:
    """How many words of its bags must be there, as `read` was told."""
    match expression:
        case Words():
            return expression.match
        case AllOf(parts) | AnyOf(parts):
            return next((found for part in parts if (found := match_of(part)) != "all"), "all")
        case _:
            return "all"


def _is_bag(words: Words) -> bool:
    return not words.phrase and words.field == "any"


def _depth(expression: Expression) -> int:
    match expression:
        case Not(part):
            return 1 + _depth(part)
        case AllOf(parts) | AnyOf(parts):
            return 1 + max(map(_depth, parts), default=0)
        case _:
            return 1


def _distinct(parts: Iterable[Expression]) -> list[Expression]:
    return list(dict.fromkeys(parts))


def _words_only(text: str, match: Match) -> Expression | None:
    kept = [word for word in "".join(c if c.isalnum() else " " for c in text).split() if word not in OPERATORS]
    words = " ".join(list(dict.fromkeys(kept))[:MAX_WORDS])
    return matched(Words(words), match) if words else None
