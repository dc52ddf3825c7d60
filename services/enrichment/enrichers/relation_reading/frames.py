"""The verbs and nouns that tell of relations, and of whom they tell them."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from shared.events.enrichment import RelationType

Form = Literal["base", "finite", "participle", "gerund"]
# Most verbs are plain; the others are read in ways of their own: "A sold B to C", "A raised $5 million from B",
# "A holds 5 % in B", "A led a round in B", "A appointed B", "A joined B as its head", "A became head of B", "A put
# $5 million into B", "A buys chips from B", "A uses chips made by B", "A and B jointly develop chips".
Shape = Literal[
    "plain", "transfer", "funding", "holding", "leading", "appointment", "joining", "office", "paying", "sourcing",
    "using", "jointly",
]  # fmt: skip


class Claim(NamedTuple):
    """A relation from subject to object, inverse: from object to subject, and how sure such a reading is."""

    type: RelationType
    confidence: float
    inverse: bool = False


class VerbFrame(NamedTuple):
    """How a verb makes a claim.

    Attributes:
        particles: words that follow the verb as part of it: "over" of "take over".
        markers: prepositions before the object; "" where there is none.
        noun: whether the base form is a noun as well, so that only "to", an auxiliary or a name makes it a verb.
        active, passive: whether it makes its claim in either voice.
        tail: words that must follow the object: "to court" of "take to court".
    """

    claim: Claim
    particles: tuple[str, ...] = ()
    markers: frozenset[str] = frozenset({""})
    shape: Shape = "plain"
    noun: bool = False
    active: bool = True
    passive: bool = True
    tail: tuple[str, ...] = ()


class RoleFrame(NamedTuple):
    """What a noun says of its bearer: "A is a subsidiary of B"; the markers stand before B."""

    claim: Claim
    markers: frozenset[str]


class EventFrame(NamedTuple):
    """What a noun says of those who take part.

    Attributes:
        markers: prepositions before the object of a deed; of a mutual event they are the same for all.
    """

    claim: Claim
    mutual: bool = False
    markers: frozenset[str] = frozenset()


def _verb(base: str) -> tuple[str, ...]:
    """The five forms of a regular verb."""
    if base.endswith("e"):
        return base, f"{base}s", f"{base}d", f"{base}d", f"{base[:-1]}ing"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base, f"{base[:-1]}ies", f"{base[:-1]}ied", f"{base[:-1]}ied", f"{base}ing"
    third = f"{base}es" if base.endswith(("s", "sh", "ch", "x")) else f"{base}s"
    return base, third, f"{base}ed", f"{base}ed", f"{base}ing"


_IRREGULAR = {
    forms[0]: forms
    for forms in (
        ("buy", "buys", "bought", "bought", "buying"),
        ("take", "takes", "took", "taken", "taking"),
        ("snap", "snaps", "snapped", "snapped", "snapping"),
        ("tap", "taps", "tapped", "tapped", "tapping"),
        ("sell", "sells", "sold", "sold", "selling"),
        ("have", "has", "had", "had", "having"),
        ("hold", "holds", "held", "held", "holding"),
        ("build", "builds", "built", "built", "building"),
        ("make", "makes", "made", "made", "making"),
        ("oversee", "oversees", "oversaw", "overseen", "overseeing"),
        ("choose", "chooses", "chose", "chosen", "choosing"),
        ("tie", "ties", "tied", "tied", "tying"),
        ("lead", "leads", "led", "led", "leading"),
        ("co-lead", "co-leads", "co-led", "co-led", "co-leading"),
        ("bid", "bids", "bid", "bid", "bidding"),
        ("put", "puts", "put", "put", "putting"),
        ("cut", "cuts", "cut", "cut", "cutting"),
        ("trim", "trims", "trimmed", "trimmed", "trimming"),
        ("become", "becomes", "became", "become", "becoming"),
        ("commit", "commits", "committed", "committed", "committing"),
        ("sink", "sinks", "sank", "sunk", "sinking"),
    )
}
_ACQUIRES = Claim("acquires", 0.9)
_INVESTS = Claim("invests_in", 0.8)
_FUNDED = VerbFrame(Claim("invests_in", 0.85, inverse=True), shape="funding")
_PARTNERS = VerbFrame(Claim("partners_with", 0.9), markers=frozenset({"with"}))
_SUPPLIES_FOR = VerbFrame(Claim("supplies", 0.65), markers=frozenset({"for"}), passive=False)
_APPOINTS = VerbFrame(Claim("appoints", 0.85), shape="appointment")
_PAID = VerbFrame(Claim("invests_in", 0.8), markers=frozenset({"into"}), shape="paying", passive=False)
_OFFICE = VerbFrame(Claim("appoints", 0.75), shape="office", passive=False)
_FOUNDED = VerbFrame(Claim("founded_by", 0.9, inverse=True))
_TO = frozenset({"to"})
_WITH = frozenset({"with"})
# Verbs of the same frame together. Confidences are shares of readings that proved right, rounded down: measured with
# tests/eval/relations.py where it has the verb, judged from its likes where it has not.
_VERBS: tuple[tuple[str, VerbFrame], ...] = (
    ("acquire buy", VerbFrame(_ACQUIRES)),
    ("purchase", VerbFrame(_ACQUIRES, noun=True)),
    ("buy", VerbFrame(_ACQUIRES, ("out",))),
    ("buy snap gobble", VerbFrame(_ACQUIRES, ("up",))),
    ("take", VerbFrame(_ACQUIRES, ("over",))),
    ("bid", VerbFrame(Claim("acquires", 0.75), markers=frozenset({"for"}), noun=True, passive=False)),
    ("absorb", VerbFrame(Claim("acquires", 0.7))),
    ("sell divest", VerbFrame(Claim("acquires", 0.8), shape="transfer")),
    ("invest", VerbFrame(Claim("invests_in", 0.9), markers=frozenset({"in", "into"}))),
    ("back fund finance co-fund co-finance", VerbFrame(_INVESTS, noun=True)),
    ("raise receive secure close complete announce attract obtain land", _FUNDED),
    ("have hold take retain increase build receive", VerbFrame(_INVESTS, shape="holding")),
    ("raise lift boost double expand cut trim reduce lower keep", VerbFrame(_INVESTS, shape="holding", noun=True)),
    ("put pour pump plough plow inject sink", _PAID._replace(noun=True)),
    ("commit", _PAID._replace(markers=frozenset({"to"}))),
    ("lead co-lead", VerbFrame(Claim("invests_in", 0.85), shape="leading", noun=True)),
    ("order source", VerbFrame(Claim("supplies", 0.7, inverse=True), markers=frozenset({"from"}), noun=True)),
    ("own", VerbFrame(Claim("subsidiary_of", 0.75, inverse=True))),
    ("belong", VerbFrame(Claim("subsidiary_of", 0.75), markers=_TO)),
    ("merge", VerbFrame(Claim("merges_with", 0.9), markers=frozenset({"with", "into"}))),
    ("combine", VerbFrame(Claim("merges_with", 0.7), markers=_WITH)),
    ("collaborate cooperate co-operate co-produce co-develop co-create", _PARTNERS),
    ("partner ally", _PARTNERS._replace(noun=True)),
    ("team tie", _PARTNERS._replace(particles=("up",), noun=True)),
    ("join", _PARTNERS._replace(particles=("forces",))),
    ("work", _PARTNERS._replace(claim=Claim("partners_with", 0.6), noun=True)),
    ("supply", VerbFrame(Claim("supplies", 0.75), markers=frozenset({"", "to", "for"}), noun=True)),
    ("provide deliver", VerbFrame(Claim("supplies", 0.7), markers=frozenset({"to", "for"}), passive=False)),
    ("serve", VerbFrame(Claim("supplies", 0.6), passive=False)),
    ("build make manufacture produce develop create", _SUPPLIES_FOR),
    ("design work", _SUPPLIES_FOR._replace(noun=True)),
    ("use", VerbFrame(Claim("supplies", 0.65, inverse=True), noun=True, active=False)),
    (
        "contract commission select choose hire adopt engage",
        VerbFrame(Claim("supplies", 0.7, inverse=True), noun=True, active=False),
    ),
    ("buy purchase", VerbFrame(Claim("supplies", 0.65, inverse=True), shape="sourcing", passive=False)),
    ("use deploy adopt", VerbFrame(Claim("supplies", 0.65, inverse=True), shape="using", noun=True, passive=False)),
    (
        "develop build design make produce launch create operate",
        VerbFrame(Claim("partners_with", 0.75), shape="jointly", noun=True, passive=False),
    ),
    ("compete", VerbFrame(Claim("competes_with", 0.9), markers=frozenset({"with", "against"}))),
    ("sue", VerbFrame(Claim("sues", 0.9))),
    ("take", VerbFrame(Claim("sues", 0.8), passive=False, tail=("to", "court"))),
    ("take", VerbFrame(Claim("sues", 0.8), ("to", "court"), active=False)),
    ("regulate", VerbFrame(Claim("regulates", 0.9))),
    ("supervise oversee", VerbFrame(Claim("regulates", 0.7))),
    ("appoint elect hire promote poach recruit", _APPOINTS),
    ("become succeed replace", _OFFICE),
    ("take", _OFFICE._replace(particles=("over", "as"))),
    ("name tap", _APPOINTS._replace(noun=True)),
    ("join", VerbFrame(Claim("appoints", 0.8, inverse=True), shape="joining")),
    ("found co-found cofound", _FOUNDED),
)


def _by_form() -> dict[str, tuple[tuple[VerbFrame, Form], ...]]:
    kinds: tuple[Form, ...] = ("base", "finite", "finite", "participle", "gerund")
    table: dict[str, dict[tuple[VerbFrame, Form], None]] = {}
    for verbs, frame in _VERBS:
        for verb in verbs.split():
            for form, kind in zip(_IRREGULAR.get(verb) or _verb(verb), kinds, strict=True):
                table.setdefault(form, {})[frame, kind] = None
    return {form: tuple(frames) for form, frames in table.items()}


VERBS = _by_form()

_OF = frozenset({"of"})
_OF_TO = frozenset({"of", "to"})
_OF_TO_FOR = frozenset({"of", "to", "for"})
_ROLES: tuple[tuple[str, RoleFrame], ...] = (
    (
        "subsidiary subsidiaries unit units division divisions arm affiliate",
        RoleFrame(Claim("subsidiary_of", 0.9), _OF_TO),
    ),
    ("part", RoleFrame(Claim("subsidiary_of", 0.65), _OF)),
    ("parent", RoleFrame(Claim("subsidiary_of", 0.9, inverse=True), _OF_TO)),
    ("owner", RoleFrame(Claim("subsidiary_of", 0.75, inverse=True), _OF)),
    (
        "investor investors backer backers shareholder shareholders stakeholder stakeholders",
        RoleFrame(Claim("invests_in", 0.85), frozenset({"in", "of"})),
    ),
    ("investments", RoleFrame(Claim("invests_in", 0.8, inverse=True), frozenset({"by", "of"}))),
    ("supplier suppliers vendor vendors contractor contractors", RoleFrame(Claim("supplies", 0.8), _OF_TO_FOR)),
    (
        "client clients customer customers user users clientele",
        RoleFrame(Claim("supplies", 0.85, inverse=True), frozenset({"of", "for"})),
    ),
    ("partner partners collaborator", RoleFrame(Claim("partners_with", 0.8), _OF_TO_FOR | _WITH)),
    ("competitor competitors rival rivals", RoleFrame(Claim("competes_with", 0.85), _OF_TO)),
    ("suitor suitors bidder bidders", RoleFrame(Claim("acquires", 0.6), frozenset({"for", "of"}))),
    ("founder founders co-founder co-founders cofounder", RoleFrame(Claim("founded_by", 0.9, inverse=True), _OF)),
)
ROLES = {word: frame for words, frame in _ROLES for word in words.split()}

_EVENTS: tuple[tuple[str, EventFrame], ...] = (
    (
        "acquisition takeover purchase buyout buy-out",
        EventFrame(Claim("acquires", 0.85), markers=frozenset({"of", "for"})),
    ),
    ("investment", EventFrame(Claim("invests_in", 0.8), markers=frozenset({"in"}))),
    ("bid", EventFrame(Claim("acquires", 0.75), markers=frozenset({"for"}))),
    ("offer", EventFrame(Claim("acquires", 0.65), markers=frozenset({"for"}))),
    ("stake", EventFrame(Claim("invests_in", 0.7), markers=frozenset({"in"}))),
    ("lawsuit suit complaint", EventFrame(Claim("sues", 0.8), markers=frozenset({"against"}))),
    ("merger", EventFrame(Claim("merges_with", 0.9), mutual=True)),
    (
        "partnership partnerships collaboration collaborations cooperation co-operation alliance alliances tie-up "
        "association conjunction",
        EventFrame(Claim("partners_with", 0.85), mutual=True),
    ),
    ("venture ventures", EventFrame(Claim("partners_with", 0.75), mutual=True)),
    ("memorandum memorandums mou", EventFrame(Claim("partners_with", 0.7), mutual=True)),
    (
        "agreement agreements deal deals pact relationship relationships contract contracts",
        EventFrame(Claim("partners_with", 0.6), mutual=True),
    ),
)
EVENTS = {word: frame for words, frame in _EVENTS for word in words.split()}
CONTRACTS = frozenset({"contract", "contracts"})
SUPPLIED_UNDER_CONTRACT = Claim("supplies", 0.7)
SELLS_TO = Claim("supplies", 0.6)

OWNERSHIP_SUFFIXES: dict[str, Claim] = {
    "-owned": Claim("subsidiary_of", 0.9, inverse=True),
    "-backed": Claim("invests_in", 0.85),
    "-funded": Claim("invests_in", 0.8),
}
ORDERS = frozenset({"order", "orders"})
FUNDING_NOUNS: dict[str, Claim] = dict.fromkeys(
    ("round", "investments", "funding", "financing", "backing", "investment", "capital"), Claim("invests_in", 0.8)
)


def cue_words() -> Iterator[str]:
    """Every word that a relation can be told by; of compounds with hyphens each part but "co"."""
    for table in (VERBS, ROLES, EVENTS, OWNERSHIP_SUFFIXES, FUNDING_NOUNS, ORDERS):
        for word in table:
            yield from (part for part in word.split("-") if part not in ("", "co", "operate", "out", "up"))
