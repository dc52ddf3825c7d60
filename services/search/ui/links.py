"""Where the pages are, and links between them."""

from functools import lru_cache
from urllib.parse import parse_qsl

from services.search.parameters.articles import EVERYTHING, to_url
from services.search.parameters.filter_links import FilterLinks
from shared.article_store.query import ArticleQuery
from shared.facets import FACETS_BY_NAME

SEARCH_PATH = "/"
DEALS_PATH = "/deals"
QUOTES_PATH = "/quotes"
STORIES_PATH = "/stories"
LIVE_PATH = "/live"
ALERTS_PATH = "/alerts"
NEW_ALERT_PATH = "/alerts/new"
SOURCES_PATH = "/sources"
PIPELINE_PATH = "/pipeline"
LOGIN_PATH = "/login"
LOGOUT_PATH = "/logout"
# What the head of every page leads to.
SECTIONS = (
    ("Search", SEARCH_PATH),
    ("Deals", DEALS_PATH),
    ("Quotes", QUOTES_PATH),
    ("Stories", STORIES_PATH),
    ("Live", LIVE_PATH),
    ("Alerts", ALERTS_PATH),
    ("Sources", SOURCES_PATH),
    ("Pipeline", PIPELINE_PATH),
    ("API", "/docs"),
)
# Names and topics come again on page after page.
_REMEMBERED_SEARCHES = 4_096
_OF_EVERYTHING = FilterLinks(SEARCH_PATH, EVERYTHING)


def article_path(article_id: str) -> str:
    """The page of an article."""
    return f"/articles/{article_id}"


def entity_path(entity_id: str) -> str:
    """The page of someone or something that articles name."""
    return f"/entities/{entity_id}"


def entity_href(entity_type: str, entity_id: str) -> str | None:
    """The page of an entity of this type; None where articles are not found by its type."""
    return entity_path(entity_id) if entity_type in FACETS_BY_NAME else None


def story_path(story_id: str) -> str:
    """The page of a story."""
    return f"{STORIES_PATH}/{story_id}"


def alert_path(alert_id: str) -> str:
    """The page of an alert."""
    return f"{ALERTS_PATH}/{alert_id}"


def search_page(query: ArticleQuery, *, cursor: str | None = None) -> str:
    """The first page of a search, or the one that the cursor names."""
    return to_url(SEARCH_PATH, query, cursor=cursor)


def kept_of(address: str, *without: str) -> tuple[tuple[str, str], ...]:
    """The names and values of an address, as a form keeps them that asks for what `without` names itself."""
    return tuple((name, value) for name, value in parse_qsl(address.partition("?")[2]) if name not in without)


@lru_cache(_REMEMBERED_SEARCHES)
def search_for(facet: str, value: str) -> str | None:
    """The search for one value of a facet; None where there is no such facet."""
    return _OF_EVERYTHING.toggled(facet, value) if facet in FACETS_BY_NAME else None
