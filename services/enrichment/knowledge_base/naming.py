"""From the legal name of a company to the names that the news uses."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

import cleanco

from services.enrichment.knowledge_base.spellings import without_accents

_GENERIC_ENDINGS = frozenset("group holding holdings company corporation co corp plc ag se international the".split())
_SECOND_LEVELS = frozenset("co com org net gov ac or ne".split())
# What cleanco does not take for a legal form: forms written together, share classes, the rest of a Mexican form.
_CLUTTER = re.compile(r"(?i)[ ,]+(?:co\.?, ?ltd\.?|class [a-c]|s\.?a\.?b\.? de(?: c\.?v\.?)?|public|\(publ\)|gdr|adr)$")
_SLUG_BREAK = re.compile(r"[^a-z0-9]+")


def without_legal_form(legal_name: str) -> str:
    """The name without its legal form, to any depth: "ASML Holding N.V." → "ASML Holding"."""
    name = legal_name.strip()
    while (shorter := cleanco.basename(_CLUTTER.sub("", name)).strip(" ,.-&")) and shorter != name:
        name = shorter
    return name.removeprefix("The ")


def short_names(legal_name: str, website: str) -> tuple[str, ...]:
    """The names of a company, the usual one first: without legal form, without "Group" and the like, its brand."""
    base = without_legal_form(legal_name)
    words = base.split()
    while len(words) > 1 and words[-1].lower().strip(".,") in _GENERIC_ENDINGS:
        words = words[:-1]
    names = (" ".join(words).strip(" ,.-&"), base, *brand(base.split(), website))
    return tuple(dict.fromkeys(name for name in names if name))


def brand(words: list[str], website: str) -> tuple[str, ...]:
    """The leading words of a name that its host spells together: Adani Ports … at adaniports.com → "Adani Ports"."""
    label = host_label(website)
    spelled = ""
    for count, word in enumerate(words, start=1):
        spelled += _SLUG_BREAK.sub("", without_accents(word).lower())
        if spelled == label:
            return (" ".join(words[:count]).strip(" ,.-&"),)
    return ()


def host(website: str) -> str:
    """The host of an address without "www."; empty where there is none."""
    with_scheme = website if "//" in website else f"//{website}"
    return (urlsplit(with_scheme).hostname or "").removeprefix("www.")


def host_label(website: str) -> str:
    """The label of a host that its owner chose, without hyphens: www.solid-power.co.uk → "solidpower"."""
    labels = host(website).split(".")[:-1]
    if len(labels) > 1 and labels[-1] in _SECOND_LEVELS:
        labels = labels[:-1]
    return labels[-1].replace("-", "") if labels else ""


def frequent_words(names: Iterable[str], at_least: int) -> frozenset[str]:
    """Lower-case words that occur in so many of the names that one alone says nothing."""
    counts: dict[str, int] = {}
    for name in names:
        for word in set(name.lower().split()):
            counts[word] = counts.get(word, 0) + 1
    return frozenset(word for word, count in counts.items() if count >= at_least)
