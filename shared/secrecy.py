"""What must not leave in a log line, a trace or a listing of settings: passwords in URLs, tokens, keys."""

import re

MASK = "***"
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^/@\s:]*):[^/@\s]+@")
# Feeds of paying readers name them in a parameter.
_SECRET_PARAMETER = re.compile(
    r"([?&;](?:[\w-]*(?:token|secret|passw(?:or)?d|api[_-]?key|access[_-]?key|signature)|key|sig|auth|pwd)=)[^&#\s\"'<>]+",
    re.IGNORECASE,
)
_CREDENTIALS = re.compile(r"\b(Bearer|Basic|ApiKey)\s+[A-Za-z0-9+/=._~-]{6,}")


def without_passwords(text: str) -> str:
    """The text with the password of every URL masked."""
    return _PASSWORD_IN_URL.sub(rf"\1:{MASK}@", text) if "@" in text else text


def without_secrets(text: str) -> str:
    """The text with everything masked that looks like a secret: those passwords, the values of parameters with telling
    names, and what headers carry to log in."""
    masked = without_passwords(text)
    if "=" in masked:
        masked = _SECRET_PARAMETER.sub(rf"\1{MASK}", masked)
    return _CREDENTIALS.sub(rf"\1 {MASK}", masked)
