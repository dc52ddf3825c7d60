"""What is done to the system and when, drawn from a seed; decides only."""

import random
from dataclasses import dataclass
from typing import Literal

Store = Literal["tantivy", "elasticsearch"]
Service = Literal["crawler", "enrichment", "indexing"]
# pause: stopped for less than the visibility timeout; freeze: for longer.
ProcessFault = Literal["kill", "terminate", "pause", "freeze"]
# away: no answer at all; 429 and 503: every second request; deaf: requests are carried out, their answers are lost.
PlaceFault = Literal[
    "broker killed", "broker terminated", "store away", "store long away", "store 429", "store 503", "store deaf"
]
FaultKind = ProcessFault | PlaceFault
SERVICES: tuple[Service, ...] = ("crawler", "enrichment", "indexing")
# Of each service; on the embedded store one indexing process writes, and the second stands by.
REPLICAS = 2
# A proxy stands before Elasticsearch only.
_NEED_PROXY: tuple[PlaceFault, ...] = ("store 429", "store 503", "store deaf")
LONG_OUTAGE_VISIBILITIES = 3


@dataclass(frozen=True)
class Form:
    """The size of a run; times in seconds.

    Attributes:
        articles: in all; `crawled` of them from web sites, the others imported or put into a stream.
        faults: how often each fault happens.
        calm_s: at most, between two faults of broker or store.
        bursts: in which the articles come.
        host_delay_s, lease_s, fetch_retry_s: of the crawlers.
        settle_limit_s: after the last fault, for which nothing may move before everything has its disposition.
        limit_s: of the whole run over one store.
    """

    name: str
    articles: int
    crawled: int
    visibility_s: float
    outage_s: float
    busy_s: float
    calm_s: float
    bursts: int
    host_delay_s: float
    lease_s: float
    fetch_retry_s: float
    settle_limit_s: float
    limit_s: float
    faults: dict[FaultKind, int]

    @property
    def poisoned(self) -> int:
        """One in a hundred."""
        return self.articles // 100


LONG = Form(
    name="long",
    articles=20_000,
    crawled=2_000,
    visibility_s=30.0,
    outage_s=20.0,
    busy_s=5.0,
    calm_s=8.0,
    bursts=50,
    host_delay_s=0.8,
    lease_s=15.0,
    fetch_retry_s=60.0,
    settle_limit_s=300.0,
    limit_s=900.0,
    faults={
        "kill": 30,
        "terminate": 18,
        "pause": 8,
        "freeze": 4,
        "broker killed": 5,
        "broker terminated": 4,
        "store away": 1,
        "store long away": 1,
        "store 429": 3,
        "store 503": 3,
        "store deaf": 3,
    },
)
SHORT = Form(
    name="short",
    articles=2_000,
    crawled=200,
    visibility_s=4.0,
    outage_s=4.0,
    busy_s=1.5,
    calm_s=1.0,
    bursts=8,
    host_delay_s=0.8,
    lease_s=3.0,
    fetch_retry_s=2.0,
    settle_limit_s=90.0,
    limit_s=300.0,
    faults={
        "kill": 6,
        "terminate": 4,
        "pause": 2,
        "freeze": 2,
        "broker killed": 2,
        "broker terminated": 1,
        "store away": 1,
        "store long away": 1,
        "store 429": 1,
        "store 503": 1,
        "store deaf": 1,
    },
)


@dataclass(frozen=True)
class Fault:
    """Something that is done `at_s` after the start and lasts `lasts_s`; `process` is who it is done to, if anyone."""

    kind: FaultKind
    at_s: float
    lasts_s: float = 0.0
    process: tuple[Service, int] | None = None


@dataclass(frozen=True)
class Schedule:
    """All that is done, in order of time.

    Attributes:
        places: to broker and store, one after the other.
        processes: to workers, at any time meanwhile, side by side.
        lasts_s: from the first to the last; articles come for as long.
    """

    places: tuple[Fault, ...]
    processes: tuple[Fault, ...]
    lasts_s: float


def schedule(form: Form, store: Store, rng: random.Random) -> Schedule:
    """The faults of a run, in a random order at random times."""
    places = _places(form, store, rng)
    lasts_s = places[-1].at_s + places[-1].lasts_s + form.calm_s
    processes: list[Fault] = []
    for kind in ("kill", "terminate", "pause", "freeze"):
        for number in range(form.faults[kind]):
            # Each service in turn, so that none is spared.
            process = (SERVICES[number % len(SERVICES)], rng.randrange(REPLICAS))
            processes.append(Fault(kind, rng.uniform(0, lasts_s), _stopped_s(kind, form, rng), process))
    return Schedule(places, tuple(sorted(processes, key=lambda fault: fault.at_s)), lasts_s)


def _places(form: Form, store: Store, rng: random.Random) -> tuple[Fault, ...]:
    lasting: dict[PlaceFault, tuple[float, float]] = {
        "broker killed": (0.2, form.busy_s),
        "broker terminated": (0.2, form.busy_s),
        "store away": (form.outage_s, form.outage_s),
        "store long away": (LONG_OUTAGE_VISIBILITIES * form.visibility_s,) * 2,
        "store 429": (form.busy_s, 2 * form.busy_s),
        "store 503": (form.busy_s, 2 * form.busy_s),
        "store deaf": (form.busy_s / 2, form.busy_s),
    }
    kinds = [
        kind
        for kind in lasting
        for _ in range(form.faults[kind])
        if store == "elasticsearch" or kind not in _NEED_PROXY
    ]
    rng.shuffle(kinds)
    places, at_s = [], 0.0
    for kind in kinds:
        at_s += rng.uniform(form.calm_s / 4, form.calm_s)
        fault = Fault(kind, at_s, rng.uniform(*lasting[kind]))
        places.append(fault)
        at_s += fault.lasts_s
    return tuple(places)


def _stopped_s(kind: ProcessFault, form: Form, rng: random.Random) -> float:
    if kind == "pause":
        return rng.uniform(0.1, 0.6) * form.visibility_s
    if kind == "freeze":
        return rng.uniform(1.2, 1.6) * form.visibility_s
    return 0.0
