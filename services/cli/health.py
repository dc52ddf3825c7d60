"""`newsweir health`: asks a service of this machine how it is, as the health check of a container does."""

import httpx

from services.cli.fleet import SERVICES, Service
from services.cli.output import say
from shared.settings import HttpSettings

_TIMEOUT_S = 3.0


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
        say(f"{service_name}: {'well' if answer.is_success else answer.text[:1000]}")
    return int(not all(answer.is_success for answer in answers.values()))


def _answer(service: Service, http: HttpSettings) -> httpx.Response | None:
    try:
        return httpx.get(f"{service.url(http)}/healthz", timeout=_TIMEOUT_S, trust_env=False)
    except httpx.HTTPError:
        return None
