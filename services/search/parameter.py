"""One name that a request may hold."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Parameter:
    """One name that a request may hold: what it means, and its JSON schema for OpenAPI."""

    name: str
    description: str
    schema: dict[str, Any]
    facet: str | None = None
