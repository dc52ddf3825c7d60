"""When a page says it was published and updated: with precision, origin and the words it used."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import cast

from dateutil.parser import parse as parse_words  # type: ignore[import-untyped]  # dateutil has no types
from htmldate import find_date
from lxml.etree import XPath
from lxml.html import HtmlElement

from services.crawler.characters import readable
from services.crawler.extraction.head import Head
from services.crawler.extraction.json_ld import LinkedData
from services.crawler.extraction.outline import Outline
from shared.events.articles import DateOrigin, Precision, Publication

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# A day covers publishers whose clock or zone is wrong, and no more: years up to 9999 are seen in the wild.
MAX_AHEAD = timedelta(days=1)

_MAX_CHARACTERS = 80
_MAX_TIME_ELEMENTS = 50
_PRECISIONS: tuple[Precision, ...] = ("second", "minute", "day", "month")
_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "dcterms.created",
    "dc.date.created", "article.published", "article_date_original", "publish-date", "publishdate", "publish_date",
    "publication_date", "publication-date", "pubdate", "cxenseparse:recs:publishtime", "citation_publication_date",
    "datecreated", "date",
)  # fmt: skip
_UPDATED_META = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "article:updated_time", "datemodified",
    "dcterms.modified", "dc.date.modified", "article.updated", "lastmod", "last-modified",
)  # fmt: skip
# By way of the attributes: a third less than a look at every element.
_PUBLISHED_ITEMS = XPath("descendant::*/@itemprop[. = 'datePublished']/..")
_PUBLISHED_WORD = re.compile(r"publi|posted|pubdate|entry-date|dateline|created|byline", re.IGNORECASE)
_UPDATED_WORD = re.compile(r"updat|modif", re.IGNORECASE)
_MONTH_NAMES = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_WRITTEN_DAY = re.compile(
    rf"\b{_MONTH_NAMES}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+20\d\d\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\.?\s+{_MONTH_NAMES}\.?,?\s+20\d\d\b"
    r"|\b20\d\d-\d\d-\d\d\b",
    re.IGNORECASE,
)
_MAX_ANCESTORS = 4
_MAX_TEXTS = 60
_URL_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_URL_PATH = re.compile(r"^[a-z]+://[^/]+(/[^?#]*)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)|^\d{8}$|^\d{14}$")
_EPOCH = re.compile(r"\d{10}(\d{3})?")
_MONTH_ONLY = re.compile(r"(19|20)\d\d-\d\d|[^\W\d_]+\.? (19|20)\d\d")
_ISO_DAY = re.compile(r"\d{4}-?\d\d-?\d\d")
_BEFORE = re.compile(r"^\W*(first |originally )?(published|posted|updated|created)( on| at|:)*\s+", re.IGNORECASE)
_AROUND = re.compile(r"\bat\b|\||·|•")
_AMBIGUOUS = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](19|20)\d\d")
_CLOCK = re.compile(r"\d:\d\d(:\d\d)?|T\d{4}(\d\d)?|^\d{14}$")
_DAY_NAMED = re.compile(r"(?<!\d)\d{1,2}(?!\d)(?!:)")
# Zones that news pages write and that no standard library knows; hours from UTC.
_ZONES = {name: hours * 3600 for name, hours in {
    "EST": -5, "EDT": -4, "ET": -5, "CST": -6, "CDT": -5, "CT": -6, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "PT": -8, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9, "KST": 9, "HKT": 8, "SGT": 8,
    "AEST": 10, "AEDT": 11,
}.items()} | {"IST": 19800}  # fmt: skip


def published(outline: Outline, data: LinkedData, head: Head, url: str, fetched_at: datetime) -> Publication | None:
    """The most trusted usable date, made finer where another source knows more of the same day; None without one."""
    raw: list[tuple[DateOrigin, str | None]] = [("json-ld", data.text("datePublished"))]
    raw += [("meta", content) for content in head.all(*_PUBLISHED_META)]
    raw += [("html", content) for content in _times(outline)]
    raw += [("json-ld", data.text("dateCreated")), ("url", _day_in(url))]
    dates = [date for origin, value in raw if (date := publication(value, origin, fetched_at))]
    if not dates:
        found = publication(_below_heading(outline), "html", fetched_at)
        return found or publication(_in_text(outline.tree, url, fetched_at), "html", fetched_at)
    return next((date for date in dates if _refines(date, dates[0])), dates[0])


def updated(outline: Outline, data: LinkedData, head: Head, fetched_at: datetime) -> datetime | None:
    """When the page says it was last changed, in UTC, or None."""
    raw = (data.text("dateModified"), *head.all(*_UPDATED_META), *_times(outline, of=_UPDATED_WORD, anything=False))
    return next((date.at for value in raw if (date := publication(value, "meta", fetched_at))), None)


def publication(value: str | None, origin: DateOrigin, fetched_at: datetime) -> Publication | None:
    """A date as written, bounded: after 1990 and at most a day after the fetch. A time without a zone is in UTC."""
    text = " ".join(readable(value or "").split())[:_MAX_CHARACTERS]
    if not (moment := _moment(text)) or not EARLIEST <= moment <= fetched_at + MAX_AHEAD:
        return None
    precision = _precision(text)
    if precision in ("day", "month"):
        moment = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return Publication(at=moment, precision=precision, origin=origin, raw=text)


def _moment(text: str) -> datetime | None:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    if not _names_a_day(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _from_words(text)
    return _in_utc(moment)


def _names_a_day(text: str) -> bool:
    """Whether a year and a month stand there, readable in one way only."""
    if _ISO_DAY.match(text):
        return True
    return bool(_YEAR.search(text) and (_DAY_NAMED.search(text) or _MONTH_ONLY.fullmatch(text))) and not _is_ambiguous(
        text
    )


def _from_words(text: str) -> datetime | None:
    words = _AROUND.sub(" ", _BEFORE.sub("", text))
    try:
        # Whatever is not said counts as its first: the precision tells.
        moment = parse_words(words, default=datetime(1, 1, 1), tzinfos=_ZONES)
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None
    return _in_utc(moment) if isinstance(moment, datetime) else None


def _in_utc(moment: datetime) -> datetime | None:
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (OverflowError, ValueError):
        return None


def _is_ambiguous(text: str) -> bool:
    found = _AMBIGUOUS.search(text)
    return found is not None and int(found[1]) != int(found[2]) and max(int(found[1]), int(found[2])) <= 12


def _precision(text: str) -> Precision:
    if _EPOCH.fullmatch(text):
        return "second"
    if clock := _CLOCK.search(text):
        return "second" if clock[1] or clock[2] or text.isdigit() else "minute"
    return "month" if _MONTH_ONLY.fullmatch(text) else "day"


def _refines(date: Publication, first: Publication) -> bool:
    if _PRECISIONS.index(date.precision) >= _PRECISIONS.index(first.precision) or first.precision == "minute":
        return False
    # The day was written in an unknown zone: 14 hours ahead of UTC to 12 behind.
    return timedelta(hours=-14) <= date.at - first.at < timedelta(hours=36)


def _times(outline: Outline, of: re.Pattern[str] = _PUBLISHED_WORD, anything: bool = True) -> Iterator[str]:
    elements = outline.all("time")[:_MAX_TIME_ELEMENTS]
    marked = [element for element in elements if of.search(_marks(element))]
    plain = [element for element in elements if not _UPDATED_WORD.search(_marks(element))] if anything else []
    for element in _distinct((*marked, *plain)):
        yield element.get("datetime") or element.text_content()
    if anything:
        for element in islice(cast(list[HtmlElement], _PUBLISHED_ITEMS(outline.tree)), _MAX_TIME_ELEMENTS):
            yield element.get("content") or element.text_content()


def _distinct(elements: Iterable[HtmlElement]) -> list[HtmlElement]:
    return list(dict.fromkeys(elements))


def _marks(element: HtmlElement) -> str:
    parent = element.getparent()
    own = " ".join(value for name, value in element.items() if name in ("class", "itemprop", "id", "data-testid"))
    return f"{own} {parent.get('class') or ''}" if parent is not None else own


def _below_heading(outline: Outline) -> str | None:
    """The first day that a short line below the headline names.

    Of 158 pages of WCXB that say it nowhere else, right on 70, wrong on 11.
    """
    heading = next(iter(outline.all("h1")), None)
    if heading is None:
        return None
    following = (text for element in heading.itersiblings() for text in element.itertext())
    around = (
        text for parent in islice(heading.iterancestors(), _MAX_ANCESTORS)
        for element in parent.itersiblings() for text in element.itertext()
    )  # fmt: skip
    for text in islice(chain(following, around), _MAX_TEXTS):
        line = text.strip()
        if len(line) <= _MAX_CHARACTERS and (found := _WRITTEN_DAY.search(line)):
            return found[0]
    return None


def _in_text(tree: HtmlElement, url: str, fetched_at: datetime) -> str | None:
    """A day found anywhere in what readers see: of the 77 pages that are left right on 40, wrong on 16."""
    try:
        found = find_date(
            tree,
            url=url,
            extensive_search=False,
            original_date=True,
            min_date=EARLIEST,
            max_date=fetched_at + MAX_AHEAD,
        )
    except Exception:  # a guess by a library over hostile markup: whatever it raises, there is none
        return None
    return str(found) if found else None


def _day_in(url: str) -> str | None:
    path = _URL_PATH.match(url)
    found = _URL_DAY.search(path[1]) if path else None
    return "-".join(found.groups()) if found else None
