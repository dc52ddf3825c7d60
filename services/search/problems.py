"""Every error that a request can end in, as an RFC 9457 problem."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from services.search.access.authentication import KeyNeeded, RateExceeded, ScopeMissing
from services.search.access.body_limits import BodyTooLarge, BodyTooSlow
from services.search.alerts.rules import UnknownAlert
from services.search.body_mistakes import mistake_in
from services.search.broker import BrokerUnavailable
from services.search.finding.catalogue import ModelUnavailable, UnknownArticle, UnknownFacet, UnknownStory
from services.search.finding.entities import UnknownEntity
from services.search.parameters.query_string import InvalidParameter
from services.search.query_language.mistakes import QueryMistake
from services.search.source_catalogue import CrawlerRefuses, NoCrawler, UnknownSource
from services.search.starting_again import StartAgain
from services.search.streaming import Busy
from shared.errors import DependencyUnavailable, Expired, InvalidCursor, InvalidInput, LimitExceeded, NewsweirError

RETRY_AFTER_S = 5
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """A kind of problem; `slug` is its anchor on the documentation page and part of its `type`."""

    slug: str
    status: HTTPStatus
    title: str
    meaning: str

    @property
    def uri(self) -> str:
        return f"/docs#{self.slug}"


INVALID_PARAMETER = Kind(
    "invalid-parameter",
    HTTPStatus.BAD_REQUEST,
    "A parameter does not fit",
    "The parameter that is named is not known or has a value that does not fit; detail says what would.",
)
INVALID_REQUEST = Kind(
    "invalid-request",
    HTTPStatus.BAD_REQUEST,
    "The question cannot be answered",
    "Parts of the question do not go together, such as a cursor of another search.",
)
INVALID_QUERY = Kind(
    "invalid-query",
    HTTPStatus.BAD_REQUEST,
    "The text of the query cannot be read",
    "position and length, in characters from 0, say where in q the mistake is; excerpt shows it with carets below.",
)
TOO_MUCH = Kind(
    "too-much",
    HTTPStatus.BAD_REQUEST,
    "The question asks for too much",
    "Something is longer, larger or deeper than its bound, which detail states.",
)
PAGE_EXPIRED = Kind(
    "page-expired",
    HTTPStatus.GONE,
    "This page of the results is not there any more",
    "Results by relevance are kept for ten minutes after a page of them was read, and end after 10,000 articles; link "
    "leads to the first page.",
)
HOST_REFUSED = Kind(
    "host-refused",
    HTTPStatus.MISDIRECTED_REQUEST,
    "This service is not known by that name",
    "The Host header names none of the hosts that the service answers for.",
)
CROSS_ORIGIN = Kind(
    "cross-origin",
    HTTPStatus.FORBIDDEN,
    "A page elsewhere may not change anything here",
    "A request that changes something came from a page of another origin.",
)
KEY_NEEDED = Kind(
    "key-needed",
    HTTPStatus.UNAUTHORIZED,
    "A key is needed",
    "The request carries no key, or one that is not known (any more).",
)
SCOPE_MISSING = Kind(
    "scope-missing", HTTPStatus.FORBIDDEN, "The key may not do this", "The key is known and lacks the scope for this."
)
RATE_EXCEEDED = Kind(
    "rate-exceeded",
    HTTPStatus.TOO_MANY_REQUESTS,
    "The key asked too often",
    "The key has used up its requests of this minute; Retry-After says when to ask again.",
)
BODY_TOO_LARGE = Kind(
    "body-too-large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large", "Detail says how much is read."
)
BODY_TOO_SLOW = Kind(
    "body-too-slow", HTTPStatus.REQUEST_TIMEOUT, "The body came too slowly", "Detail says how long is waited for it."
)
UNKNOWN_ARTICLE = Kind(
    "unknown-article", HTTPStatus.NOT_FOUND, "There is no such article", "No article has this id (any more)."
)
UNKNOWN_ENTITY = Kind(
    "unknown-entity", HTTPStatus.NOT_FOUND, "There is no such entity", "No article names anyone or anything by this id."
)
UNKNOWN_FACET = Kind("unknown-facet", HTTPStatus.NOT_FOUND, "There is no such facet", "No facet has this name.")
UNKNOWN_STORY = Kind("unknown-story", HTTPStatus.NOT_FOUND, "There is no such story", "No story has this id.")
UNKNOWN_SOURCE = Kind("unknown-source", HTTPStatus.NOT_FOUND, "There is no such source", "No source has this id.")
CRAWLER_REFUSES = Kind(
    "crawler-refuses",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The crawler cannot do that",
    "The address may not be asked or leads to nothing that can be crawled; detail has the crawler's words.",
)
NO_CRAWLER = Kind(
    "no-crawler",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "No crawler answers",
    "The question was left for a crawler, and none took it up in time; `newsweir status` says whether one is running.",
)
BUSY = Kind(
    "busy",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Too much of this is under way",
    "As many exports or live feeds are served as can be at once; Retry-After says when to ask again.",
)
UNKNOWN_ALERT = Kind(
    "unknown-alert", HTTPStatus.NOT_FOUND, "There is no such alert", "No alert has this id (any more)."
)
NOT_FOUND = Kind("not-found", HTTPStatus.NOT_FOUND, "There is nothing at this address", "No resource has this path.")
METHOD_NOT_ALLOWED = Kind(
    "method-not-allowed",
    HTTPStatus.METHOD_NOT_ALLOWED,
    "That cannot be done with this",
    "The resource exists and does not know the method; the Allow header names those it knows.",
)
MODEL_UNAVAILABLE = Kind(
    "model-unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The model for mode=hybrid cannot answer",
    "The model that makes vectors gave none; without mode=hybrid the words are looked for.",
)
STORE_UNAVAILABLE = Kind(
    "store-unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The articles cannot be reached right now",
    "The article store is away or did not answer in time; Retry-After says when to ask again.",
)
BROKER_UNAVAILABLE = Kind(
    "broker-unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "What the broker holds cannot be reached right now",
    "Keys, sources and the live feed need the broker, which is away or did not answer in time.",
)
INTERNAL = Kind(
    "internal-error",
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "Something went wrong on our side",
    "An error in Newsweir; the log has the details.",
)
KINDS = (
    INVALID_PARAMETER,
    INVALID_REQUEST,
    INVALID_QUERY,
    TOO_MUCH,
    PAGE_EXPIRED,
    HOST_REFUSED,
    CROSS_ORIGIN,
    KEY_NEEDED,
    SCOPE_MISSING,
    RATE_EXCEEDED,
    BODY_TOO_LARGE,
    BODY_TOO_SLOW,
    UNKNOWN_ARTICLE,
    UNKNOWN_ENTITY,
    UNKNOWN_FACET,
    UNKNOWN_STORY,
    UNKNOWN_SOURCE,
    CRAWLER_REFUSES,
    NO_CRAWLER,
    BUSY,
    UNKNOWN_ALERT,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    MODEL_UNAVAILABLE,
    STORE_UNAVAILABLE,
    BROKER_UNAVAILABLE,
    INTERNAL,
)
# What is away for now; the first that fits.
_AWAY: tuple[tuple[type[NewsweirError], Kind], ...] = (
    (Busy, BUSY),
    (NoCrawler, NO_CRAWLER),
    (BrokerUnavailable, BROKER_UNAVAILABLE),
    (ModelUnavailable, MODEL_UNAVAILABLE),
    (DependencyUnavailable, STORE_UNAVAILABLE),
)
OPENAPI_RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem, RFC 9457",
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "required": ["type", "title", "status", "detail", "instance"],
                    "properties": {
                        "type": {"type": "string", "enum": [kind.uri for kind in KINDS]},
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                        "detail": {"type": "string"},
                        "instance": {"type": "string"},
                        "parameter": {"type": "string"},
                        "position": {"type": "integer", "description": "of the mistake in q, in characters from 0"},
                        "length": {"type": "integer", "description": "of the mistake, in characters"},
                        "excerpt": {"type": "string", "description": "the query around the mistake, carets below"},
                        "link": {"type": "string", "description": "where to start again"},
                    },
                }
            }
        },
    }
}
_BY_STATUS = {400: INVALID_REQUEST, 404: NOT_FOUND, 405: METHOD_NOT_ALLOWED}
# What each error is to the one who asked; the first that fits.
_BY_ERROR: tuple[tuple[type[NewsweirError], Kind], ...] = (
    (UnknownArticle, UNKNOWN_ARTICLE),
    (UnknownEntity, UNKNOWN_ENTITY),
    (UnknownFacet, UNKNOWN_FACET),
    (UnknownStory, UNKNOWN_STORY),
    (UnknownSource, UNKNOWN_SOURCE),
    (CrawlerRefuses, CRAWLER_REFUSES),
    (UnknownAlert, UNKNOWN_ALERT),
    (KeyNeeded, KEY_NEEDED),
    (ScopeMissing, SCOPE_MISSING),
    (BodyTooLarge, BODY_TOO_LARGE),
    (BodyTooSlow, BODY_TOO_SLOW),
    (LimitExceeded, TOO_MUCH),
    (Expired, PAGE_EXPIRED),
    (InvalidInput, INVALID_REQUEST),
)


@dataclass(frozen=True)
class Problem:
    """What went wrong with one request."""

    kind: Kind
    detail: str
    parameter: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    more: dict[str, str | int] = field(default_factory=dict)


def problem_of(error: Exception) -> Problem:
    """The problem that an error is to the one who asked; what was not foreseen says nothing of the inside."""
    match error:
        case InvalidParameter():
            return Problem(INVALID_PARAMETER, str(error), parameter=error.parameter)
        case QueryMistake():
            place: dict[str, str | int] = {
                "position": error.position,
                "length": error.length,
                "excerpt": error.excerpt,
            }
            return Problem(INVALID_QUERY, str(error), parameter="q", more=place)
        case InvalidCursor():
            return Problem(INVALID_PARAMETER, str(error), parameter="cursor")
        case StartAgain():
            return Problem(PAGE_EXPIRED, str(error), more={"link": error.link})
        case RequestValidationError():
            mistake = mistake_in(error.errors())
            return Problem(INVALID_REQUEST, mistake.said, parameter=mistake.parameter)
        case RateExceeded():
            return Problem(RATE_EXCEEDED, str(error), headers=error.headers)
        case DependencyUnavailable() | Busy():
            # The message names folders and servers: it is for the log and for /readyz.
            kind = next(kind for sort, kind in _AWAY if isinstance(error, sort))
            return Problem(kind, kind.meaning, headers={"Retry-After": str(RETRY_AFTER_S)})
        case HTTPException() if error.status_code in _BY_STATUS:
            kind = _BY_STATUS[error.status_code]
            return Problem(kind, kind.meaning, headers=dict(error.headers or {}))
        case _:
            return _of_kind(error)


def _of_kind(error: Exception) -> Problem:
    kind = next((kind for sort, kind in _BY_ERROR if isinstance(error, sort)), None)
    if kind is None:
        return Problem(INTERNAL, INTERNAL.meaning)
    headers = {"WWW-Authenticate": "Bearer"} if kind is KEY_NEEDED else {}
    return Problem(kind, str(error), headers=headers)


def to_response(problem: Problem, instance: str) -> JSONResponse:
    """The problem document; `instance` is the path that was asked for."""
    body: dict[str, str | int] = {
        "type": problem.kind.uri,
        "title": problem.kind.title,
        "status": problem.kind.status.value,
        "detail": problem.detail,
        "instance": instance,
    }
    if problem.parameter is not None:
        body["parameter"] = problem.parameter
    body.update(problem.more)
    return JSONResponse(body, status_code=problem.kind.status.value, headers=problem.headers, media_type=MEDIA_TYPE)
