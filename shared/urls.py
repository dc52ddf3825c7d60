"""One spelling for a URL, and the identity of the article that stands behind it."""

import hashlib
import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

import tldextract

from shared.errors import InvalidInput

MAX_URL_CHARACTERS = 2048
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Parameters that name the way a reader came, never the article. Prefixes end in an underscore.
_TRACKING_PREFIXES = ("utm_", "mc_", "pk_", "mtm_", "at_", "ns_", "hsa_")
_TRACKING_NAMES = frozenset(
    "fbclid gclid dclid gbraid wbraid msclkid twclid yclid igshid mkt_tok cmpid cmp ocid ref_src "
    "smid srnd taid guccounter guce_referrer guce_referrer_sig partner ncid icid _ga spm xtor".split()
)
_HOST_NAME = re.compile(r"[a-z0-9_.-]+")
_UNRESERVED_PATH = "/:@!$&'()*+,;=-._~"
# The bundled public suffix list: no network, the same answer on every machine.
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def canonicalize(url: str) -> str:
    """One spelling of an http or https URL: host in lower case, no fragment, default port or tracking parameter.

    The order and the case of the remaining parameters are kept: sites give them meaning.

    Raises:
        InvalidInput: no http or https URL, no host, user information in it, longer than 2,048 characters, or holding
            half of a surrogate pair.
    """
    if len(url) > MAX_URL_CHARACTERS:
        raise InvalidInput(f"URL longer than {MAX_URL_CHARACTERS} characters: {url[:80]}…")
    if not is_text(url):
        raise InvalidInput(f"half of a surrogate pair in a URL: {url[:80]!r}")
    # Browsers drop tabs and line breaks inside a URL and blanks around it.
    parts = _split(re.sub(r"[\t\r\n]", "", url.strip()))
    host = _host(parts, url)
    port = _port(parts, url)
    netloc = host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    path = _path(parts.path)
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _is_tracking(k)])
    return f"{parts.scheme}://{netloc}{path}" + (f"?{query}" if query else "")


def article_id(canonical_url: str) -> str:
    """The identity of an article: sha256 of its canonical URL, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_url.encode()).hexdigest()


def host_of(url: str) -> str:
    """Host and, where it is not the scheme's own, port: what politeness is owed to."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    port = parts.port
    return host if port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{port}"


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """The domain an owner registers (``news.example.co.uk`` → ``example.co.uk``); an address or bare name as is."""
    name = host.partition(":")[0] if host.count(":") == 1 else host
    found = _suffixes(name)
    if found.top_domain_under_public_suffix or found.suffix or found.ipv4 or found.ipv6:
        return found.top_domain_under_public_suffix or name
    # A suffix that the list does not know is one label long (publicsuffix.org, rule "*").
    return ".".join(name.split(".")[-2:])


def is_root(url: str) -> bool:
    """Whether the URL names a site's front page rather than anything on it."""
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def is_text(said: str) -> bool:
    """Whether it can be stored and sent: a string can hold half of a surrogate pair, as JSON can carry one."""
    try:
        said.encode()
    except UnicodeEncodeError:
        return False
    return True


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise InvalidInput(f"not a URL: {url[:80]!r} ({error})") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise InvalidInput(f"only http and https URLs are accepted: {url[:80]!r}")
    return parts


def _host(parts: SplitResult, url: str) -> str:
    host = (parts.hostname or "").rstrip(".")
    if not host:
        raise InvalidInput(f"URL without a host: {url[:80]!r}")
    if parts.username is not None or parts.password is not None:
        raise InvalidInput(f"URL with user information: host {host!r}")
    if ":" in host:
        return f"[{host}]"
    try:
        name = host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise InvalidInput(f"not a host name: {host[:80]!r}") from error
    # IDNA turns some characters into marks and blanks, and lets those of ASCII through.
    if not _HOST_NAME.fullmatch(name):
        raise InvalidInput(f"not a host name: {host[:80]!r}")
    return name


def _port(parts: SplitResult, url: str) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise InvalidInput(f"not a port number: {url[:80]!r}") from error


def _path(path: str) -> str:
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            segments = segments[:-1] or [""]
        elif segment != ".":
            segments.append(segment)
    joined = "/".join(segments) or "/"
    if path.endswith(("/.", "/..")) and not joined.endswith("/"):
        joined += "/"
    # A percent sign that was encoded stays encoded; everything else gets its one spelling.
    return "/".join(quote(unquote(part), safe=_UNRESERVED_PATH.replace("/", "")) for part in joined.split("/"))


def _is_tracking(name: str) -> bool:
    lowered = name.lower()
    return lowered in _TRACKING_NAMES or lowered.startswith(_TRACKING_PREFIXES)
