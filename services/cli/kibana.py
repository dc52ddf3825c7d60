"""`newsweir kibana import`: hands a file of saved objects to Kibana's API, and says what it refused."""

from pathlib import Path
from typing import Any

import httpx

from services.cli.output import say
from services.cli.settings import KibanaSettings
from shared.errors import ConfigurationError, InvalidInput

_TIMEOUT_S = 60.0
_MAX_FILE_BYTES = 20_000_000
_SHOWN_ERRORS = 10


def import_objects(file: Path, settings: KibanaSettings) -> int:
    """The exit status: 0 where Kibana took every object, replacing those of the same ids; else 1.

    Raises:
        ConfigurationError: no Kibana is named.
        InvalidInput: the file cannot be read, or is larger than any file of dashboards.
    """
    if settings.kibana_url is None:
        raise ConfigurationError("set NEWSWEIR_KIBANA_URL to the address of Kibana")
    content = _content(file)
    try:
        answer = _post(settings.kibana_url, settings.kibana_api_key, content)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        say(f"Kibana cannot be reached: {type(error).__name__}")
        return 1
    return _judge(answer)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"{file}: {error.strerror}") from error
    if len(content) > _MAX_FILE_BYTES:
        raise InvalidInput(f"{file} is larger than {_MAX_FILE_BYTES} bytes")
    return content


def _post(url: str, api_key: str | None, content: bytes) -> httpx.Response:
    # Kibana refuses whoever does not say that he is no form of another site.
    headers = {"kbn-xsrf": "true", **({"Authorization": f"ApiKey {api_key}"} if api_key else {})}
    return httpx.post(
        f"{url.rstrip('/')}/api/saved_objects/_import",
        params={"overwrite": "true"},
        headers=headers,
        files={"file": ("newsweir.ndjson", content, "application/ndjson")},
        timeout=_TIMEOUT_S,
        trust_env=False,
    )


def _judge(answer: httpx.Response) -> int:
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not answer.is_success or not isinstance(said, dict):
        say(f"Kibana answered {answer.status_code}: {answer.text[:1000]}")
        return 1
    errors = said.get("errors") or []
    for error in errors[:_SHOWN_ERRORS]:
        say(_refusal(error))
    say(f"{said.get('successCount', 0)} objects imported, {len(errors)} refused")
    return int(bool(errors) or said.get("success") is not True)


def _refusal(error: dict[str, Any]) -> str:
    reason = error.get("error") or {}
    return f"{error.get('type')} {error.get('id')}: {reason.get('message') or reason.get('type') or 'refused'}"
