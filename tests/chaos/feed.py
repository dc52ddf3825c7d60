"""Which articles come, in which order, and what must have become of each; drawn from a seed, decides only."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from services.cli.import_articles import ImportLine
from services.crawler.composition import content_hash
from shared.bus.envelope import encode
from shared.registry import RegistryEntry
from shared.topology import ARTICLES_CRAWLED
from shared.urls import article_id, canonicalize
from tests.builders import REVISION, an_article
from tests.chaos.plan import Form
from tests.chaos.poison import HEALABLE, KINDS, STAGES, UNREADABLE, Poison, stream_of, unreadable

WIRE = "wire"
_REVISED = 0.02
_CHANGED = 0.02
_REPEATED = 0.01
# Of the refused ones: the older of two revisions, which comes back when the newer one is long there.
_REFUSED_REVISIONS = 0.25
_OPENINGS = ("The council", "A committee of the ministry", "The board of Siemens", "Nvidia", "The port of Rotterdam")
_VERBS = ("approved", "postponed", "reviewed", "rejected", "extended")
_MATTERS = ("the weir", "a battery plant", "the harbour tariffs", "its lithium contracts", "the grid connection")
_PLACES = ("Basel", "Lisbon", "Taipei", "Nairobi", "Toronto")


@dataclass(frozen=True)
class Import:
    """An article that comes as a line of `newsweir import`."""

    line: ImportLine


@dataclass(frozen=True)
class Raw:
    """An entry that is put into a stream as it is.

    Attributes:
        token: names this putting, so that doing it twice does it once.
        opens: whether the ledger hears of the fetch: the first time that it is put.
        registered: the article's entry in the registry from now on; None for one that it shall not know.
    """

    token: str
    stream: str
    fields: Mapping[str, str]
    opens: bool
    registered: RegistryEntry | None = None

    @property
    def fetch_id(self) -> str:
        return self.fields["fetch_id"]

    @property
    def article_id(self) -> str:
        return self.fields["article_id"]


Item = Import | Raw


@dataclass
class Feed:
    """The items in order, and what they must lead to.

    Attributes:
        bursts: the items that come together; never two versions of one imported article, so that a burst may be
            imported again from its beginning.
        titles: article_id → title of its newest revision, unreadable articles apart.
        poisons: article_id → what is wrong with one of its entries.
        withheld: ids of articles that are not in the store before they are healed.
        fetches: how many the ledger must count.
        copies: fetch_id → how often its entry is put, where that is more than once.
    """

    bursts: tuple[tuple[Item, ...], ...] = ()
    titles: dict[str, str] = field(default_factory=dict)
    poisons: dict[str, Poison] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)
    fetches: int = 0
    copies: dict[str, int] = field(default_factory=dict)

    @property
    def items(self) -> tuple[Item, ...]:
        """All of them, in order."""
        return tuple(chain.from_iterable(self.bursts))

    @property
    def newest_lines(self) -> list[Import]:
        """The lines that, imported once more, change nothing."""
        lines = (item for item in self.items if isinstance(item, Import))
        return [item for item in lines if self.titles[article_id(item.line.url)] == item.line.title]

    @property
    def unreadable(self) -> set[str]:
        """Ids of articles that nothing can heal."""
        return {article for article, poison in self.poisons.items() if poison.kind in UNREADABLE}


def compose(form: Form, rng: random.Random) -> Feed:
    """All that comes beside what is crawled."""
    feed = Feed()
    poisons = _poisons(form.poisoned)
    readable = form.articles - form.crawled - sum(poison.kind in UNREADABLE for poison in poisons)
    revised = round(readable * _REVISED)
    refused = [poison for poison in poisons if poison.kind == "refused" and poison.stage == STAGES[0].name]
    old_refused = refused[: round(len(refused) * _REFUSED_REVISIONS) or 1]
    placed: list[tuple[float, Item]] = []
    marks = [poison for poison in poisons if poison.kind in HEALABLE and not any(poison is old for old in old_refused)]
    for number in range(revised, readable):
        placed += _imported(number, marks.pop() if marks else None, feed, rng)
    for number in range(revised):
        placed += _revised(number, old_refused.pop() if old_refused else None, feed, rng)
    for number, poison in enumerate((poison for poison in poisons if poison.kind in UNREADABLE), form.articles):
        placed += _unreadable(number, poison, feed, rng)
    placed.sort(key=lambda pair: pair[0])
    feed.bursts = tuple(_in_bursts(list(_opening_once(item for _, item in placed)), form.bursts))
    return feed


def text_of(number: int, rng: random.Random) -> str:
    """Some 1,500 characters about nothing in particular, different for each article."""
    return "\n\n".join(
        f"{rng.choice(_OPENINGS)} {rng.choice(_VERBS)} {rng.choice(_MATTERS)} in {rng.choice(_PLACES)} on Monday, "
        f"after {rng.randrange(2, 90)} hours of debate about matter {number} and {rng.randrange(3, 900)} million euros."
        for _ in range(10)
    )


def _poisons(count: int) -> list[Poison]:
    """One in ten kills, and costs three workers; the others are spread evenly over kinds and stages."""
    # Few killers for indexing: all that their victim held, up to a hundred articles, is put one by one.
    killers = [Poison("killer", STAGES[number % 5 == 4].name) for number in range(count // 10)]
    others = [kind for kind in KINDS if kind != "killer"]
    return killers + [
        Poison(others[number % len(others)], STAGES[number // len(others) % 2].name)
        for number in range(count - len(killers))
    ]


def _imported(number: int, poison: Poison | None, feed: Feed, rng: random.Random) -> list[tuple[float, Item]]:
    url, at = f"https://import.example/articles/{number}", rng.random()
    title = f"Matter {number} before the council"
    if poison:
        title = f"{title} {poison.mark}"
        feed.poisons[article_id(url)] = poison
        feed.withheld.add(article_id(url))
    line = ImportLine(url=url, title=title, text=text_of(number, rng), published_at="2026-03-02")
    placed: list[tuple[float, Item]] = [(at, Import(line))]
    feed.titles[article_id(url)] = title
    feed.fetches += 1
    if poison is None and rng.random() < _REPEATED:
        # What is known already is no fetch.
        placed.append((at, Import(line)))
    elif poison is None and rng.random() < _CHANGED:
        corrected = line.model_copy(update={"title": f"{title}, corrected"})
        placed.append((rng.uniform(at, 1), Import(corrected)))
        feed.titles[article_id(url)] = corrected.title
        feed.fetches += 1
    return placed


def _revised(number: int, old: Poison | None, feed: Feed, rng: random.Random) -> list[tuple[float, Item]]:
    """Two revisions of one article and some of their entries again, in any order."""
    url = canonicalize(f"https://wire.example/articles/{number}")
    titles = (f"Wire report {number}{' ' + old.mark if old else ''}", f"Wire report {number}, second version")
    newest = RegistryEntry(REVISION, REVISION + 1_000_000 + number, content_hash(titles[1], "text"))
    placed: list[tuple[float, Item]] = []
    for version, title in enumerate(titles):
        event = an_article(
            number,
            url=url,
            fetch_id=f"wire-{number}-{version}",
            source_id=WIRE,
            title=title,
            text=text_of(number, rng),
            revision=newest.revision - 1 + version,
        )
        copies = 1 if old and version == 0 else rng.choice((1, 1, 2, 3))
        if copies > 1:
            feed.copies[event.fetch_id] = copies
        for copy in range(copies):
            raw = Raw(f"{event.fetch_id}-{copy}", ARTICLES_CRAWLED.name, encode(event), opens=True, registered=newest)
            placed.append((rng.random(), raw))
    feed.titles[article_id(url)] = titles[1]
    feed.fetches += 2
    if old:
        feed.poisons[article_id(url)] = old
    return placed


def _unreadable(number: int, poison: Poison, feed: Feed, rng: random.Random) -> list[tuple[float, Item]]:
    fetch_id = f"{poison.kind}-{number}"
    fields = unreadable(poison, number, fetch_id)
    feed.poisons[fields["article_id"]] = poison
    feed.fetches += 1
    return [(rng.random(), Raw(fetch_id, stream_of(poison).name, fields, opens=True))]


def _in_bursts(items: Sequence[Item], count: int) -> Iterator[tuple[Item, ...]]:
    """The items in about so many parts; a second version of an imported article waits for the next part."""
    size, waiting = -(-len(items) // count), list[Item]()
    for start in range(0, len(items), size):
        titles: dict[str, str] = {}
        burst, following = list[Item](), list[Item]()
        for item in (*waiting, *items[start : start + size]):
            other = isinstance(item, Import) and titles.setdefault(item.line.url, item.line.title) != item.line.title
            (following if other else burst).append(item)
        waiting = following
        yield tuple(burst)
    if waiting:
        yield tuple(waiting)


def _opening_once(items: Iterator[Item]) -> Iterator[Item]:
    """The same items, in which only the first entry of a fetch opens it."""
    opened: set[str] = set()
    for item in items:
        if isinstance(item, Raw) and item.fetch_id in opened:
            yield Raw(item.token, item.stream, item.fields, opens=False, registered=item.registered)
            continue
        if isinstance(item, Raw):
            opened.add(item.fetch_id)
        yield item
