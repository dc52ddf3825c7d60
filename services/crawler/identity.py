"""Which URL an article is known by; decides only."""

import ipaddress
from urllib.parse import urlsplit

from shared.urls import host_of, is_root, registrable_domain


def may_be_known_by(fetched: str, declared: str | None, doors: frozenset[str]) -> bool:
    """Whether the URL that a page declares as its canonical one can stand for the article.

    Only on the same registrable domain, and neither a front page nor a door that leads to articles: of 793 real
    pages 6 name another host and 3 the front page. Whether another page holds that URL is the registry's to say.

    Args:
        fetched: canonical spelling of the URL that answered.
        declared: canonical spelling.
    """
    if declared is None or declared == fetched:
        return False
    return _same_owner(fetched, declared) and not is_root(declared) and declared not in doors


def _same_owner(one: str, other: str) -> bool:
    if _is_bare(one) or _is_bare(other):
        # An address or a name on this network has no owner but its port.
        return host_of(one) == host_of(other)
    return registrable_domain(host_of(one)) == registrable_domain(host_of(other))


def _is_bare(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host
    return True
