"""Settings shared by services, and the only place where the environment is read."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.errors import ConfigurationError

# Names that the deployment world already has keep them; every other setting is NEWSWEIR_ and the field's name.
_OWN_NAMES = {"redis_url": "REDIS_URL", "elasticsearch_url": "ELASTICSEARCH_URL"}


class Settings(BaseModel):
    """A frozen group of settings; each field is read from the variable that `variable_of` names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


S = TypeVar("S", bound=Settings)


def variable_of(field: str) -> str:
    """The environment variable of a field: ``data_dir`` → ``NEWSWEIR_DATA_DIR``."""
    return _OWN_NAMES.get(field, f"NEWSWEIR_{field.upper()}")


def load(settings: type[S], environment: Mapping[str, str] | None = None) -> S:
    """Read a group of settings; an empty variable counts as not set.

    Raises:
        ConfigurationError: a value does not fit; the message names each variable and what it should be.
    """
    source = os.environ if environment is None else environment
    values = {name: source[variable_of(name)] for name in settings.model_fields if source.get(variable_of(name))}
    try:
        # From strings: a number in a variable is a number, a list is separated by commas.
        return settings.model_validate({name: _parse(settings, name, value) for name, value in values.items()})
    except ValidationError as error:
        problems = "; ".join(f"{variable_of(str(e['loc'][0]))}: {e['msg']} (is {e['input']!r})" for e in error.errors())
        raise ConfigurationError(f"settings that do not fit: {problems}") from error


def environment_for(settings: Mapping[str, str | Path | int | float | bool | None]) -> dict[str, str]:
    """The environment of a child process: this one's, with the given fields set (None takes one away)."""
    environment = dict(os.environ)
    for field, value in settings.items():
        environment.pop(variable_of(field), None)
        if value is not None:
            environment[variable_of(field)] = str(value)
    return environment


def _parse(settings: type[Settings], name: str, value: str) -> object:
    annotation = str(settings.model_fields[name].annotation)
    return [part.strip() for part in value.split(",")] if annotation.startswith("tuple[") else value


def _default_data_dir() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "newsweir"


class BusSettings(Settings):
    """How to reach the broker."""

    redis_url: str | None = Field(
        default=None, description="redis://, rediss:// or unix://; unset: `newsweir run` starts an embedded Valkey"
    )
    key_prefix: str = Field(default="newsweir:", description="starts every key, so that a server can be shared")
    breaker_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="of a stage's last 200 events: when more fail, it pauses instead of burying them; 1 for never",
    )


class StoreSettings(Settings):
    """Where articles are kept: in Elasticsearch where its URL is set, else in the data folder."""

    data_dir: Path = Field(
        default_factory=_default_data_dir, description="all state of one machine; the XDG data folder"
    )
    elasticsearch_url: str | None = Field(default=None, description="http(s)://[user:password@]host:port")
    index_prefix: str = Field(default="newsweir", pattern=r"^[a-z][a-z0-9-]*$", description="starts every index name")
    store_timeout_s: float = Field(default=10.0, gt=0, description="longest wait for one request to the store")


class HttpSettings(Settings):
    """Where a service listens: the API, and each service's health and metrics."""

    http_host: str = Field(default="127.0.0.1", description="open on loopback only, unless told otherwise")
    http_port: int = Field(default=8000, ge=0, le=65535, description="of the search service; health of others: +1…+3")


class TelemetrySettings(Settings):
    """How a process speaks of itself."""

    log_level: str = Field(
        default="info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error"
    )
    log_format: str = Field(default="text", pattern="^(text|json)$", description="json for machines that collect logs")
