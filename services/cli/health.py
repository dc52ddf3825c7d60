"""`newsweir health`: asks a service of this machine how it is, as the health check of a container does."""

from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple
from urllib.parse import urlsplit

from services.cli.fleet import SERVICES, Service
from services.cli.output import say
from shared.settings import HttpSettings

_TIMEOUT_S = 3.0
_OK = 200
_LONGEST_REASON = 1_000


class _Answer(NamedTuple):
    well: bool
    text: str


def health(name: str | None, http: HttpSettings) -> int:
    """The exit status: 0 where the service is well; without a name, where whichever service answers is.

    A service that waits for the broker or the store is well: starting it again would not help.
    """
    asked = [service for service in SERVICES if name in (None, service.name)]
    answers = {service.name: answer for service in asked if (answer := _answer(service, http)) is not None}
    if not answers:
        say(f"no answer from {' or '.join(service.url(http) for service in asked)}")
        return 1
    for service_name, answer in answers.items():
        say(f"{service_name}: {'well' if answer.well else answer.text}")
    return int(not all(answer.well for answer in answers.values()))


def _answer(service: Service, http: HttpSettings) -> _Answer | None:
    place = urlsplit(service.url(http))
    # By the standard library: every container asks four times a minute, and httpx takes as long as all the rest.
    with closing(HTTPConnection(place.hostname or "", place.port, timeout=_TIMEOUT_S)) as connection:
        try:
            connection.request("GET", "/healthz")
            said = connection.getresponse()
            return _Answer(said.status == _OK, said.read(_LONGEST_REASON).decode(errors="replace"))
        except (OSError, HTTPException):
            return None
