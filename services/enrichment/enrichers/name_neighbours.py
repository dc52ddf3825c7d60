"""What the words right before and after a name say of its kind: "singer X", "X's wife", "in X", "X chairman"."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from services.enrichment.enrichers import name_words as words

NeighbourKind = Literal["person", "organization", "location"]
Vote = tuple[NeighbourKind, float]

# How many characters on either side hold the neighbours.
_REACH = 40
_AMBIGUOUS_TITLES = frozenset("Late His Her Private Count Former Mother Father Prime".split())


def _table(*rows: tuple[NeighbourKind, float, str]) -> Mapping[str, tuple[Vote, ...]]:
    table: dict[str, tuple[Vote, ...]] = {}
    for kind, weight, listed in rows:
        for word in listed.split():
            table[word] = (*table.get(word, ()), (kind, weight))
    return table


_KINDS_OF_PLACES = (
    "archipelago area basin bay beach border bridge camp canton capital city coast coastline commune corridor county "
    "department desert district districts division downtown enclave frontier gulf harbor harbour highlands hills "
    "island islands isle lagoon lake metropolis mountain mountains municipality neighborhood neighbourhood oblast "
    "outskirts parish peninsula plateau port prefecture province provinces region regions river settlement shore "
    "slum state strait suburb suburbs territory town towns township valley village villages volcano ward waters"
)
_KINDS_OF_BODIES = (
    "agency airline army association authority bank bloc brand broadcaster brewery broker carrier cartel channel "
    "charity chain club coalition company conglomerate consortium consultancy cooperative corporation daily "
    "developer federation firm foundation franchise giant group insurer label lender magazine maker manufacturer "
    "militia ministry monopoly movement network newspaper nonprofit non-profit NGO opposition operator organisation "
    "organization outlet party platform producer provider publisher restaurant retailer side start-up startup "
    "store subsidiary supermarket supplier syndicate team tribunal troupe union university utility website"
)
_KINDS_OF_PEOPLE = (
    "activist actor actress administrator advocate ambassador analyst anthropologist archaeologist architect artist "
    "astronaut athlete attorney author banker beekeeper biologist boxer boy brother businessman businesswoman "
    "candidate captain cartoonist chairman chairperson chairwoman champion chef choreographer colleague comedian "
    "commentator composer consultant coordinator councillor counsel critic cyclist dancer daughter defender "
    "dictator diplomat director doctor economist editor engineer entrepreneur environmentalist envoy expert farmer "
    "father filmmaker fisherman footballer forward founder friend geologist girl goalkeeper golfer governor "
    "grandfather grandmother grandson guitarist historian husband inventor investor journalist judge lawmaker "
    "lawyer leader lecturer magistrate man manager mayor medallist midfielder minister monk mother musician nephew "
    "niece novelist nurse officer owner painter pastor performer philosopher photographer physicist pianist pilot "
    "playwright poet politician preacher president priest prince princess producer professor prosecutor rapper "
    "referee reporter researcher resident runner sailor scholar scientist sculptor secretary senator sergeant "
    "singer sister sociologist soldier son songwriter spokesman spokesperson spokeswoman strategist striker student "
    "surgeon survivor teacher teenager tycoon uncle veteran victim volunteer widow wife winger woman writer"
)
_BEFORE = _table(
    ("person", 1.5, _KINDS_OF_PEOPLE),
    ("organization", 1.5, _KINDS_OF_BODIES),
    ("location", 1.5, _KINDS_OF_PLACES),
    ("location", 1.0, "in near throughout northern southern eastern western northeastern northwestern southeastern "
     "southwestern central rural downtown neighboring neighbouring"),
    ("location", 0.4, "from outside around across at to toward towards between into via inside"),
    ("organization", 0.4, "the The"),
    ("person", -0.7, "the The"),
    ("organization", 0.8, "acquire acquires acquired acquiring buy buys bought buying"),
    ("organization", 0.8, "rival rivals competitor competitors"),
    ("person", 0.4, "by told said says named called"),
    ("organization", 0.3, "by"),
)  # fmt: skip
# Before "X of", "X in", "X for": what has such people and parts.
_BEFORE_OF = _table(
    ("location", 1.5, _KINDS_OF_PLACES),
    ("location", 0.8, "north south east west outskirts people residents inhabitants streets centre center"),
    ("organization", 1.2, "CEO CFO COO chairman chairwoman chairperson chair founder co-founder cofounder member "
     "members spokesperson spokesman spokeswoman shares employee employees executive subsidiary unit division "
     "manager owner owners customers representative representatives headquarters board behalf"),
    ("organization", 0.7, "director president head leader leadership partnership secretary works worked working"),
    ("organization", 1.5, "acquisition takeover stake stakes investor investors rival rivals competitor competitors "
     "invest invested merger merged"),
    ("location", 0.5, "president mayor governor"),
    ("person", 1.0, "wife husband widow son daughter brother sister father mother death birth arrest murder killing "
     "lawyer lawyers family friend portrait biography"),
)  # fmt: skip
_AFTER = _table(
    ("person", 0.6, "said says told added explained recalled argued noted insisted who whose wrote thinks believes "
     "believed remembers lives"),
    ("person", 1.5, "himself herself"),
    ("organization", 0.8, "raised raises acquired acquires unveiled unveils invested invests launched launches agreed "
     "announced posted merged partnered"),
    ("location", 1.5, _KINDS_OF_PLACES + " residents"),
    ("location", 0.8, "airport plant mine dam road highway park hospital airstrip church"),
    ("organization", 1.5, _KINDS_OF_BODIES + " CEO CFO COO chair chairman chairwoman chairperson chief spokesman "
     "spokesperson spokeswoman employees executive executives founder director manager members officials supporters "
     "fans players shares staff initiative"),
)  # fmt: skip
_AFTER_POSSESSIVE = _table(
    ("person", 1.2, "wife husband widow son daughter brother sister father mother parents family death birth arrest "
     "murder lawyer lawyers attorney career life lifetime book novel body mind friend friends predecessor successor "
     "resignation birthday remarks words face hand hands head"),
    ("location", 1.0, _KINDS_OF_PLACES + " residents capital president government parliament north south east west "
     "economy economic streets history foreign people population"),
    ("organization", 1.0, "chairman chief CEO founder founders board employees executives headquarters members "
     "website customers shareholders investors products director directors shares players fans"),
)  # fmt: skip
_AGE = re.compile(r", \d\d(?:,| )| \(\d\d\)|, (?:who|whose|aged)\b")
_MADE = re.compile(r", (?:founded|headquartered|owned|backed|established|listed) ")
_ARTICLES = frozenset((" a ", " an ", " the "))
_APPOSED: dict[str, NeighbourKind] = {
    **dict.fromkeys(_KINDS_OF_PLACES.split(), "location"),
    **dict.fromkeys(_KINDS_OF_BODIES.split(), "organization"),
    **dict.fromkeys(_KINDS_OF_PEOPLE.split(), "person"),
}
_PLACE_AFTER = re.compile(r", [A-Z]")
_LINKS = frozenset("of for in at with from".split())
_TITLES = _table(("person", 2.0, " ".join(words.TITLES - _AMBIGUOUS_TITLES)))


def votes(text: str, start: int, end: int) -> Iterator[Vote]:
    """What the neighbours of ``text[start:end]`` say, each with its weight."""
    if text[start - 1 : start] == " ":
        yield from _before(text[max(0, start - _REACH) : start - 1])
    after = text[end : end + _REACH]
    if after[:1] == ",":
        yield from _apposition(after)
    elif after[:2] in ("'s", "’s"):
        yield from _AFTER_POSSESSIVE.get(_first_word(after[2:]), ())
    elif after[:1] == " ":
        yield from _AFTER.get(_first_word(after), ())
        if _AGE.match(after):
            yield "person", 1.5


def _apposition(after: str) -> Iterator[Vote]:
    """What a comma and the words after it say: an age, "X, a farmer", "X, the oldest bank", a country."""
    if _AGE.match(after):
        yield "person", 1.5
    elif _PLACE_AFTER.match(after):
        yield "location", 0.3
    elif _MADE.match(after):
        yield "organization", 1.0
    elif after[1:6] in _ARTICLES or after[1:4] in _ARTICLES or after[1:5] in _ARTICLES:
        for word in after[1:].split(",", 1)[0].split()[1:]:
            if word in _APPOSED:
                yield _APPOSED[word], 1.5
                return


def _before(before: str) -> Iterator[Vote]:
    head, _, last = before.rpartition(" ")
    last = last.lstrip("(\"'“‘")
    yield from _TITLES.get(last.rstrip("."), ()) or _BEFORE.get(last, ())
    if last in ("the", "a", "The"):
        head, _, last = head.rpartition(" ")
    if last in _LINKS:
        yield from _BEFORE_OF.get(head.rpartition(" ")[2], ())


def _first_word(after: str) -> str:
    """The word after a blank; empty where no blank is the first character."""
    return after[1:].partition(" ")[0].rstrip(".,;:!?\"”)'’") if after[:1] == " " else ""
