"""Values as people read them: days, times, amounts of money, how a date is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.events.articles import DateOrigin, FoundBy, Precision, Publication, Right
from shared.events.enrichment import Money, RelationType

_MONTHS = "January February March April May June July August September October November December".split()
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩"}
_CENTS_BELOW = 1000
_LEAST_CENTS = 0.1
_INSTANT = timedelta(microseconds=1)
_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))

DATE_ORIGINS: dict[DateOrigin, str] = {
    "json-ld": "from the page's structured data",
    "meta": "from the page's metadata",
    "html": "from the text of the page",
    "feed": "from the feed",
    "sitemap": "from the sitemap",
    "url": "from the address of the page",
    "import": "as imported",
    "first-seen": "not stated: when it was first seen",
}
FOUND_BY: dict[FoundBy, str] = {
    "feed": "found through a feed",
    "sitemap": "found through a sitemap",
    "listing": "found on a listing page",
    "import": "imported",
}
RIGHTS: dict[Right, str] = {
    "noarchive": "no copies kept on show",
    "no-ai-training": "no training of AI models",
    "tdm-reserved": "text and data mining reserved",
}
# More than one of what entities and subjects are.
PLURALS = {
    "organization": "Organizations",
    "person": "People",
    "location": "Places",
    "product": "Products",
    "technology": "Technologies",
    "event": "Events",
    "norp": "Nationalities and groups",
    "topic": "Topics",
    "source": "Sources",
    "language": "Languages",
}
# What of the above is an entity, in the order in which it is shown.
ENTITIES = ("organization", "person", "location", "product", "technology", "event", "norp")
# A deal that three articles tell is found three times.
REPORTS = ("report of a deal", "reports of deals")
RELATIONS: dict[RelationType, str] = {
    "invests_in": "invests in",
    "acquires": "acquires",
    "merges_with": "merges with",
    "partners_with": "partners with",
    "supplies": "supplies",
    "competes_with": "competes with",
    "subsidiary_of": "belongs to",
    "sues": "sues",
    "regulates": "regulates",
    "appoints": "appoints",
    "founded_by": "was founded by",
}


@dataclass(frozen=True)
class Moment:
    """A time in two forms: for machines as exact as it is known, and for people."""

    machine: str
    text: str
    exact: bool


def moment(at: datetime, precision: Precision = "minute") -> Moment:
    """A time in UTC, said no more exactly than it is known."""
    month = f"{_MONTHS[at.month - 1]} {at.year}"
    if precision == "month":
        return Moment(f"{at.year:04}-{at.month:02}", month, exact=False)
    if precision == "day":
        return Moment(at.date().isoformat(), f"{at.day} {month}", exact=False)
    return Moment(at.isoformat(timespec="seconds"), f"{at.day} {month}, {at:%H:%M} UTC", exact=True)


def last_day_before(end: datetime) -> str:
    """The day of the last instant before this one, as people say it; before the first of all there is none."""
    first_of_all = datetime.min.replace(tzinfo=end.tzinfo)
    return moment(max(end, first_of_all + _INSTANT) - _INSTANT, "day").text


def published_between(start: datetime | None, end: datetime | None) -> tuple[str | None, str | None]:
    """The bounds of a filter by publication, each as a chip says it; None where it is open."""
    first = None if start is None else f"Published: from {moment(start, 'day').text}"
    return first, None if end is None else f"Published: until {last_day_before(end)}"


def span(first: datetime, last: datetime) -> tuple[Moment, Moment]:
    """Both ends of a time; the second without its day where that is the day of the first."""
    start, end = moment(first), moment(last)
    if first.date() == last.date() and start.text != end.text:
        end = Moment(end.machine, end.text.partition(", ")[2], end.exact)
    return start, end


def published(publication: Publication) -> Moment:
    """When an article was published."""
    return moment(publication.at, publication.precision)


def amount(value: float, currency: str) -> str:
    """A sum with its currency: ``$1.2 billion``, ``CHF 950,000``."""
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    for scale, name in _SCALES:
        if abs(value) >= scale:
            return f"{symbol}{round(value / scale, 2):,g} {name}"
    if 0 < abs(value) < _LEAST_CENTS:
        # Prices of a kilowatt hour or a request are fractions of a cent.
        return f"{symbol}{value:.2g}"
    cents = 2 if abs(value) < _CENTS_BELOW and value != int(value) else 0
    return f"{symbol}{value:,.{cents}f}"


def money(item: Money) -> str:
    """An amount or a range, as it was understood."""
    low = amount(item.value, item.currency)
    return low if item.value_max is None else f"{low} to {amount(item.value_max, item.currency)}"


def dollars(item: Money) -> str | None:
    """What an amount in another currency is in US dollars, and by the rate of when; None for dollars."""
    if item.currency == "USD" or item.value_usd is None:
        return None
    rate = f" at the rate of {item.rate_date}" if item.rate_date else ""
    return f"about {amount(item.value_usd, 'USD')}{rate}"


def spoken(words: str) -> str:
    """The words of a quote without the comma that led on to who said them."""
    return words.rstrip().rstrip(",，、").rstrip()


def relation(value: str) -> str | None:
    """What a type of relation is called in a sentence; None for what is no such type."""
    return next((said for kind, said in RELATIONS.items() if kind == value), None)


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun: ``1 article``, ``1,204 articles``."""
    return f"{number:,} {one if number == 1 else many}"
