"""Settings shared by services, and the only place where the environment is read."""

import os
import tomllib
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from shared.errors import ConfigurationError
from shared.secrecy import MASK, without_secrets

CONFIG_FILE_VARIABLE = "NEWSWEIR_CONFIG_FILE"
# Names that the deployment world already has keep them; every other setting is NEWSWEIR_ and the field's name.
_OWN_NAMES = {
    name: name.upper()
    for name in ("redis_url", "elasticsearch_url", "otel_exporter_otlp_endpoint", "otel_exporter_otlp_headers")
}
# Of a hundred letters in both, how many are common; below it two names are two settings.
_HARDLY_DIFFERENT = 0.88
# For a field's json_schema_extra: its value is never shown.
SECRET: dict[str, Any] = {"secret": True}
# A key of the same: what fits a field's pattern, in words.
FORM = "form"
WEB_ADDRESS: dict[str, Any] = {FORM: "an address that begins with http:// or https://"}


class Settings(BaseModel):
    """A frozen group of settings; each field is read from the variable that `variable_of` names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


S = TypeVar("S", bound=Settings)


class Given(NamedTuple):
    """What somebody set a field to, as it was written, and where: "environment", or a file's path."""

    value: object
    origin: str


def variable_of(field: str) -> str:
    """The environment variable of a field: ``data_dir`` → ``NEWSWEIR_DATA_DIR``."""
    return _OWN_NAMES.get(field, f"NEWSWEIR_{field.upper()}")


def load(settings: type[S], environment: Mapping[str, str] | None = None) -> S:
    """Read a group of settings: from its variables, else from the file that NEWSWEIR_CONFIG_FILE names.

    Raises:
        ConfigurationError: a value does not fit, or a file cannot be read; the message names each variable, where it
            was set and what it should be.
    """
    given = read(settings, environment)
    try:
        # From strings: a number in a variable is a number, a list is separated by commas.
        return settings.model_validate({name: _parse(settings, name, value) for name, (value, _) in given.items()})
    except ValidationError as error:
        problems = "; ".join(_problem(settings, given, str(e["loc"][0]), e) for e in error.errors())
        raise ConfigurationError(f"settings that do not fit: {problems}; `newsweir config show` lists all") from error


def read(settings: type[Settings], environment: Mapping[str, str] | None = None) -> dict[str, Given]:
    """What is set of a group, by field; an empty variable, or one whose file is empty, counts as not set.

    A variable wins over NAME_FILE, which names a file that holds the value alone (as secrets are mounted), and that
    over the file of settings.

    Raises:
        ConfigurationError: a file is named that cannot be read.
    """
    source = os.environ if environment is None else environment
    in_file, file_name = read_config_file(source), source.get(CONFIG_FILE_VARIABLE, "")
    found = {}
    for name in settings.model_fields:
        variable = variable_of(name)
        if value := source.get(variable):
            found[name] = Given(value, "environment")
        elif (path := source.get(f"{variable}_FILE")) and (value := _content(path, f"{variable}_FILE").strip()):
            found[name] = Given(value, path)
        elif name in in_file:
            found[name] = Given(in_file[name], file_name)
    return found


def read_config_file(environment: Mapping[str, str] | None = None) -> dict[str, object]:
    """The fields of the file that NEWSWEIR_CONFIG_FILE names: TOML, a field's name for each value; {} without one.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    path = (os.environ if environment is None else environment).get(CONFIG_FILE_VARIABLE)
    if not path:
        return {}
    try:
        return tomllib.loads(_content(path, CONFIG_FILE_VARIABLE))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{CONFIG_FILE_VARIABLE}={path}: no TOML: {error}") from error


def refuse_unknown(names: Collection[str], known: Collection[str], origin: str) -> None:
    """Raise ConfigurationError where a name is that of no setting; it says which one is meant, perhaps."""
    for name in names:
        if name not in known:
            nearest = get_close_matches(name, known, n=1)
            hint = f"is {nearest[0]} meant?" if nearest else "`newsweir config show` lists all"
            raise ConfigurationError(f"{origin}: there is no setting {name}; {hint}")


def mistaken(known: Collection[str]) -> dict[str, str]:
    """Variables set that are none of `known` but hardly differ from one, with that one: slips, which nobody reads.

    Others may be somebody else's: Kubernetes names a Service newsweir-search to every pod as NEWSWEIR_SEARCH_PORT.
    """
    files = {f"{variable}_FILE" for variable in known} | {CONFIG_FILE_VARIABLE}
    unread = (name for name in os.environ if name.startswith("NEWSWEIR_") and name not in known and name not in files)
    near = {name: get_close_matches(name, known, n=1, cutoff=_HARDLY_DIFFERENT) for name in unread}
    return {name: found[0] for name, found in near.items() if found}


def is_secret(field: FieldInfo) -> bool:
    """Whether the value of a field is never shown."""
    return isinstance(field.json_schema_extra, dict) and bool(field.json_schema_extra.get("secret"))


def masked(field: FieldInfo, value: object) -> object:
    """The value as it may be shown: a secret not at all, a URL without its password and its parameters of that kind."""
    if is_secret(field) and value:
        return MASK
    if isinstance(value, list | tuple):
        return type(value)(masked(field, part) for part in value)
    return without_secrets(value) if isinstance(value, str) else value


_BOUNDS = {
    "minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below",
    "maxLength": "characters at most",
}  # fmt: skip
_KINDS = {
    "array": "a list, separated by commas",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}


def allowed(group: type[Settings], name: str) -> str:
    """What a setting may be, in words: ``a whole number, at least 0, at most 65535``."""
    schema = group.model_json_schema()["properties"][name]
    if FORM in schema:
        return str(schema[FORM])
    parts = [part for part in schema.get("anyOf", [schema]) if part.get("type") != "null"]
    part = parts[0]
    if "enum" in part:
        return " or ".join(part["enum"])
    kind = _KINDS.get(part.get("type", "string"), "text")
    return ", ".join([kind, *(f"{words} {part[key]}" for key, words in _BOUNDS.items() if key in part)])


def environment_for(settings: Mapping[str, str | Path | int | float | bool | None]) -> dict[str, str]:
    """The environment of a child process: this one's, with the given fields set (None takes one away, however it was
    given here)."""
    environment = dict(os.environ)
    for field, value in settings.items():
        for variable in (variable_of(field), f"{variable_of(field)}_FILE"):
            environment.pop(variable, None)
        if value is not None:
            environment[variable_of(field)] = str(value)
    return environment


def _parse(settings: type[Settings], name: str, value: object) -> object:
    listed = isinstance(value, str) and str(settings.model_fields[name].annotation).startswith("tuple[")
    return [part.strip() for part in str(value).split(",")] if listed else value


def _problem(settings: type[Settings], given: Mapping[str, Given], name: str, mistake: ErrorDetails) -> str:
    shown = masked(settings.model_fields[name], mistake["input"])
    fits = allowed(settings, name)
    # A pattern is for programs; what is allowed says the same in words.
    message = "does not fit" if mistake["type"] == "string_pattern_mismatch" else mistake["msg"]
    return f"{variable_of(name)}: {message} (is {shown!r}, set in {_place(given, name)}; allowed: {fits})"


def _place(given: Mapping[str, Given], name: str) -> str:
    return "the environment" if given[name].origin == "environment" else given[name].origin


def _content(path: str, variable: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{variable}={path}: cannot be read: {error}") from error


def _default_data_dir() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "newsweir"


class BusSettings(Settings):
    """How to reach the broker."""

    redis_url: str | None = Field(
        default=None,
        pattern=r"^(rediss?(\+sentinel)?|unix)://",
        json_schema_extra={FORM: "an address that begins with redis://, rediss://, redis+sentinel:// or unix://"},
        description="redis://, rediss://, unix:// or redis+sentinel://host:port,host:port/service; "
        "unset: `newsweir run` starts an embedded Valkey",
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
    elasticsearch_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        json_schema_extra=WEB_ADDRESS,
        description="http(s)://[user:password@]host:port",
    )
    elasticsearch_api_key: str | None = Field(
        default=None, json_schema_extra=SECRET, description="instead of a user in the URL: the encoded form"
    )
    elasticsearch_ca_file: Path | None = Field(
        default=None, description="certificate of the authority that signed the server's, where it is no public one"
    )
    index_prefix: str = Field(
        default="newsweir",
        pattern=r"^[a-z][a-z0-9-]*$",
        json_schema_extra={FORM: "small letters, digits and hyphens, a letter first"},
        description="starts every index name",
    )
    store_timeout_s: float = Field(default=10.0, gt=0, description="longest wait for one request to the store")
    retention_days: float | None = Field(
        default=None, gt=0, description="articles older than this are deleted by `newsweir prune`; none without it"
    )


class EmbeddingSettings(Settings):
    """Whether vectors are made of articles and questions, and by which model; the same for enrichment and search."""

    embeddings: Literal["off", "built-in", "endpoint"] = Field(
        default="off",
        description="built-in: an English model of the extra `embeddings`, several times the rest of the fast tier's "
        "time for an article; endpoint: a server of your own",
    )
    embeddings_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        json_schema_extra=WEB_ADDRESS,
        description="base URL of an OpenAI-compatible endpoint, as http://127.0.0.1:8080/v1; any address will do",
    )
    embeddings_model: str | None = Field(
        default=None, max_length=100, description="the model's name there; vectors of another are not compared with its"
    )
    embeddings_key: str | None = Field(
        default=None, description="sent as a bearer token, where the endpoint wants one", json_schema_extra=SECRET
    )
    embeddings_timeout_s: float = Field(default=20.0, gt=0, le=600, description="for up to 50 texts at once")
    embeddings_question_prefix: str = Field(
        default="", max_length=500, description='what the model wants before a question, such as "query: "'
    )
    embeddings_article_prefix: str = Field(
        default="", max_length=500, description='what the model wants before an article, such as "passage: "'
    )
    embeddings_least_cosine: float = Field(
        default=0.0, ge=-1, le=1, description="what is less alike is not found by its vector; the endpoint's model only"
    )


class HttpSettings(Settings):
    """Where a service listens: the API, and each service's health and metrics."""

    http_host: str = Field(default="127.0.0.1", description="open on loopback only, unless told otherwise")
    http_port: int = Field(default=8000, ge=0, le=65535, description="of the search service; health of others: +1…+3")


class TelemetrySettings(Settings):
    """How a process speaks of itself."""

    log_level: str = Field(
        default="info",
        pattern="^(debug|info|warning|error)$",
        json_schema_extra={FORM: "debug, info, warning or error"},
        description="debug, info, warning or error",
    )
    log_format: str = Field(
        default="auto",
        pattern="^(auto|text|json)$",
        json_schema_extra={FORM: "auto, text or json"},
        description="text for people, json for machines that collect logs; auto: text on a terminal, else json",
    )
    otel_exporter_otlp_endpoint: str | None = Field(
        default=None,
        pattern=r"^https?://",
        json_schema_extra=WEB_ADDRESS,
        description="base URL of what takes traces by OTLP over HTTP, as http://127.0.0.1:4318; unset: no traces",
    )
    otel_exporter_otlp_headers: str | None = Field(
        default=None, json_schema_extra=SECRET, description="sent there with each request: name=value,name=value"
    )
    trace_share: float = Field(
        default=1.0, ge=0, le=1, description="of all traces that is sent; one that is begun is sent whole"
    )
