"""Days that a sentence names: a full date, a day of a month, or a weekday counted from the day of publication."""

import datetime as dt
import re

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAYS = "mon tue wed thu fri sat sun".split()
_MONTH = r"(?P<{0}>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{{0,6}}\.?"
_SAID = re.compile(
    rf"\b(?:{_MONTH.format('month')}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s(?P<year>(?:19|20)\d\d))?"
    rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s{_MONTH.format('month2')}(?:,?\s(?P<year2>(?:19|20)\d\d))?"
    r"|(?<!next )(?P<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,5}day|(?P<relative>yesterday|today))(?!\w)"
)
# One of these is part of every day that is said: looking for them takes a tenth of the pattern's time.
_PARTS = (*(month.capitalize() for month in _MONTHS), "day")
# Further from the word that tells of an event a date is more often another one's.
_FURTHEST = 80
_WEEK = 7


def date_near(text: str, place: int, published: dt.date | None) -> dt.date | None:
    """The day that the text names in the phrase after a place, or nearest to it; None for none, a month or a year.

    published: without it weekdays and days without a year mean nothing.
    """
    start, end = max(0, place - _FURTHEST), place + _FURTHEST
    if not any(map(text[start:end].__contains__, _PARTS)):
        return None
    said = [
        (_distance(match, place), day)
        for match in _SAID.finditer(text, start, end)
        if (day := _day(match, published)) is not None
    ]
    return min(said)[1] if said else None


def _distance(match: re.Match[str], place: int) -> tuple[bool, int]:
    """Nearest is what follows within the phrase: "it bought Bolt on 4 June"."""
    within = match.start() >= place and "," not in match.string[place : match.start()]
    return not within, min(abs(match.start() - place), abs(match.end() - place))


def _day(match: re.Match[str], published: dt.date | None) -> dt.date | None:
    if match["weekday"] or match["relative"]:
        return _counted_back(match, published) if published else None
    month = _MONTHS.index((match["month"] or match["month2"]).lower()) + 1
    day, year = int(match["day"] or match["day2"]), match["year"] or match["year2"]
    if year:
        return _valid(int(year), month, day)
    if published is None:
        return None
    candidates = [_valid(published.year + offset, month, day) for offset in (-1, 0, 1)]
    return min((date for date in candidates if date), key=lambda date: abs(date - published), default=None)


def _counted_back(match: re.Match[str], published: dt.date) -> dt.date | None:
    if match["relative"]:
        back = int(match["relative"] == "yesterday")
    else:
        back = (published.weekday() - _WEEKDAYS.index(match["weekday"].lower())) % _WEEK
    # A page may say that it is of the first day of all, before which there is none.
    return published - dt.timedelta(days=back) if published.toordinal() > back else None


def _valid(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
