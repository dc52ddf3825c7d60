"""What the pages of alerts show and what their form says, decided before any markup."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from urllib.parse import quote

from pydantic import ValidationError

from services.search.alerts.deliveries import State
from services.search.alerts.history import Fired
from services.search.api.alert_models import AlertSpec, AlertView, ChannelView, DeliveryView
from services.search.parameters.articles import EVERYTHING, SEARCH, asked_by_people, to_pairs
from services.search.parameters.query_string import InvalidParameter, Pairs, split_list
from services.search.ui.filter_chips import Labels
from services.search.ui.links import SEARCH_PATH, alert_path, article_path
from services.search.ui.search_view import Link
from services.search.ui.sources_view import ago
from services.search.ui.wording import Moment, counted, moment
from shared.article_store.query import ArticleQuery
from shared.bus.envelope import EntryId
from shared.clock import from_ms
from shared.errors import InvalidInput, PermanentFailure
from shared.facets import FACETS_BY_NAME

_MAX_NAME = 200
STATES: dict[State, str] = {
    "pending": "waiting",
    "delivered": "delivered",
    "retrying": "failed, tried again",
    "failed": "given up",
}
_SENTENCES = {
    "q": "{}",
    "match": "{} of the words",
    "from": "published since {}",
    "to": "published until {}",
    "amount_from": "an amount of at least ${}",
    "amount_to": "an amount below ${}",
    "copies": "copies: {}",
}
DIGESTS = (("at-once", "At once"), ("hourly", "Each hour, together"), ("daily", "Each day, together"))
# What the form calls what the API names, and how each is filled in.
_FIELDS = {
    "name": ("Name", "give it one of at most 200 characters"),
    "query": ("What to find", "use the names and values of a search's address"),
    "url": ("Address of the webhook", "name it whole, with https:// before it"),
    "to": ("E-mail addresses", "name at least one, as ada@desk.example, with commas between several"),
}
DELIVERIES = (("none", "Its feed and its page alone"), ("webhook", "A webhook"), ("email", "E-mail"))


@dataclass(frozen=True)
class AlertForm:
    """The fields of the form, as they are shown again when something does not fit.

    Attributes:
        channel_id: of the channel that is edited; it keeps its secret.
        others: channels that the form does not show and that stay.
    """

    name: str
    query: str
    once_per: str = "article"
    delivery: str = "none"
    url: str = ""
    to: str = ""
    digest: str = "at-once"
    enabled: bool = True
    channel_id: str = ""
    others: tuple[ChannelView, ...] = ()


@dataclass(frozen=True)
class AlertRow:
    """One alert in the list, or the head of its page."""

    id: str
    name: str
    href: str
    asks: str
    search_href: str
    feed_href: str
    enabled: bool
    goes_to: tuple[str, ...]
    once: str


@dataclass(frozen=True)
class FiredRow:
    """An article that fired an alert."""

    article: Link
    when: Moment
    how_long_ago: str


@dataclass(frozen=True)
class DeliveryRow:
    """A notice, and what became of it."""

    said: str
    state: State
    articles: str
    attempts: int
    when: str
    error: str


def alert_row(alert: AlertView, labels: Labels = MappingProxyType({})) -> AlertRow:
    """The alert in words."""
    return AlertRow(
        id=alert.id,
        name=alert.name,
        href=alert_path(alert.id),
        asks=in_words(alert.parameters, labels),
        search_href=f"{SEARCH_PATH}?{alert.query}",
        feed_href=alert.links["feed"],
        enabled=alert.enabled,
        goes_to=tuple(_goes_to(channel) for channel in alert.channels) or ("its feed",),
        once="once for each story" if alert.once_per == "story" else "once for each article",
    )


def in_words(parameters: Mapping[str, Sequence[str]], labels: Labels = MappingProxyType({})) -> str:
    """What an alert asks: ``battery; Person: Ada Brandt; not Language: de``; everything where nothing is asked."""
    return "; ".join(_said(name, values, labels) for name, values in parameters.items()) or "every article"


def _said(name: str, values: Sequence[str], labels: Labels) -> str:
    facet = FACETS_BY_NAME.get(name.removeprefix("not_"))
    if facet is None:
        said = ", ".join(values)
        return _SENTENCES.get(name, f"{name}: {{}}").format(said)
    each = (value for some in values for value in split_list(some))
    words = ", ".join(labels.get((facet.name, value), value) for value in each)
    return f"{'not ' if name != facet.name else ''}{facet.label}: {words}"


def fired_rows(fired: Iterable[Fired], now: datetime) -> tuple[FiredRow, ...]:
    """What fired, the newest first."""
    rows = []
    for item in fired:
        at = from_ms(EntryId.of(item.id).ms)
        article = item.stored.article
        rows.append(FiredRow(Link(article.title, article_path(article.article_id)), moment(at), ago(at, now)))
    return tuple(rows)


def delivery_rows(
    deliveries: Iterable[DeliveryView], channels: Iterable[ChannelView], now: datetime
) -> tuple[DeliveryRow, ...]:
    """The notices, the newest first; those of a channel that is gone say so."""
    names = {channel.id: _goes_to(channel) for channel in channels}
    return tuple(
        DeliveryRow(
            said=f"{names.get(item.channel_id, 'a channel that is gone')}: {STATES[item.state]}",
            state=item.state,
            articles=counted(item.articles, "article", "articles"),
            attempts=item.attempts,
            when=ago(item.changed_at, now),
            error=item.error or "",
        )
        for item in deliveries
    )


def asked_by_search(pairs: Pairs, now: datetime) -> list[tuple[str, str]]:
    """What a search of the page asks, without what only says how to show it."""
    return to_pairs(_without_page(asked_by_people(SEARCH.read(pairs, now)).query))


def by_name(pairs: Pairs) -> dict[str, list[str]]:
    """The values of each name."""
    parameters: dict[str, list[str]] = {}
    for name, value in pairs:
        parameters.setdefault(name, []).append(value)
    return parameters


def form_of_search(asked: Pairs, labels: Labels = MappingProxyType({})) -> AlertForm:
    """The form for what a search asks, with a name for it in words."""
    return AlertForm(name=in_words(by_name(asked), labels)[:_MAX_NAME] if asked else "", query=query_string(asked))


def form_of_alert(alert: AlertView) -> AlertForm:
    """The form for an alert that there is: it edits the first channel, and keeps the others."""
    form = AlertForm(name=alert.name, query=alert.query, once_per=alert.once_per, enabled=alert.enabled)
    if not alert.channels:
        return form
    first, *others = alert.channels
    return replace(
        form,
        delivery=first.kind,
        url=first.url or "",
        to=", ".join(first.to or ()),
        digest=first.digest or "at-once",
        channel_id=first.id,
        others=tuple(others),
    )


def form_of_fields(given: Mapping[str, str], before: AlertForm | None = None) -> AlertForm:
    """What was filled in; `before` is the form of the alert that is edited."""
    said = AlertForm(
        name=given.get("name", "").strip(),
        query=given.get("query", "").strip(),
        once_per=given.get("once_per", "article"),
        delivery=given.get("delivery", "none"),
        url=given.get("url", "").strip(),
        to=given.get("to", "").strip(),
        digest=given.get("digest", "at-once"),
        enabled=before is None or given.get("enabled") == "yes",
    )
    if before is None:
        return said
    # A channel of another kind is another channel, with a secret of its own.
    same = before.channel_id if said.delivery == before.delivery else ""
    return replace(said, channel_id=same, others=before.others)


def spec_of(form: AlertForm) -> AlertSpec:
    """What the form asks for; raises InvalidInput with the reason in words."""
    channels: list[dict[str, object]] = [channel.model_dump(exclude_none=True) for channel in form.others]
    known = {"id": form.channel_id} if form.channel_id else {}
    if form.delivery == "webhook":
        channels.insert(0, {"kind": "webhook", "url": form.url, **known})
    elif form.delivery == "email":
        to = tuple(address.strip() for address in form.to.split(",") if address.strip())
        channels.insert(0, {"kind": "email", "to": to, "digest": form.digest, **known})
    try:
        return AlertSpec.model_validate(
            {
                "name": form.name,
                "query": form.query,
                "once_per": form.once_per,
                "channels": channels,
                "enabled": form.enabled,
            }
        )
    except ValidationError as error:
        said = dict.fromkeys(_misfit(item["loc"], item["msg"]) for item in error.errors())
        raise InvalidInput("; ".join(said)[:1000]) from error


def problem_of(error: PermanentFailure) -> str:
    """Why an alert could not be saved, in the words of the form."""
    if isinstance(error, InvalidParameter) and error.parameter == "channels":
        return str(error).replace("channels", _FIELDS["url"][0], 1)
    return str(error)


def _misfit(place: Sequence[int | str], reason: str) -> str:
    """What is wrong with a field, by its name in the form and how it is filled in."""
    for name in reversed(place):
        if name in _FIELDS:
            return ": ".join(_FIELDS[str(name)])
    return f"{'.'.join(str(part) for part in place)}: {reason}"


def query_string(pairs: Pairs) -> str:
    """The pairs as people read them in a field."""
    return "&".join(f"{quote(name)}={quote(value, safe=':, ')}".replace(" ", "+") for name, value in pairs)


def _goes_to(channel: ChannelView) -> str:
    return f"webhook {channel.url}" if channel.kind == "webhook" else f"e-mail to {', '.join(channel.to or ())}"


def _without_page(query: ArticleQuery) -> ArticleQuery:
    return replace(query, sort="relevance", size=EVERYTHING.size, cursor=None, facets=EVERYTHING.facets, highlight=True)
