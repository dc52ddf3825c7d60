"""Nobody gets the guarded client to a place it may not ask: every trick in one table, against a real server."""

import asyncio
import errno
import re
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from shared.errors import AddressRefused, FetchFailed, InvalidInput, PermanentFailure
from shared.http_client import GuardedClient

# An address of this machine that nothing else is likely to listen on, and the ports that web sites are served on.
HOST = "127.0.0.77"
PORTS = (8080, 8443)

# All of these name the server of this test, to some resolver or other.
ADDRESSES = (
    "127.0.0.77",
    "[::ffff:127.0.0.77]",
    "[::ffff:7f00:4d]",
    "[0:0:0:0:0:ffff:127.0.0.77]",
)
SPELLINGS = (
    "127.0.0.77.",
    "127.77",
    "127.0.77",
    "2130706509",
    "0x7f00004d",
    "0x7f.0.0.0x4d",
    "0177.0.0.0115",
    "017700000115",
    "0x7f.77",
    "\uff11\uff12\uff17.0.0.77",
    "127\u30020\u30020\u300277",
    "127\uff0e0\uff0e0\uff0e77",
    "\u2460\u2461\u2466.0.0.77",
)

UNUSUAL = "an unusual spelling of an IPv4 address"

# Where nobody may go, whatever is allowed of this machine; each with the reason that is given.
SPECIAL = (
    ("0.0.0.0", "this network itself"),
    ("0", UNUSUAL),
    ("0.1.2.3", "this network itself"),
    ("10.0.0.1", "private"),
    ("10.1", UNUSUAL),
    ("167772161", UNUSUAL),
    ("0xa000001", UNUSUAL),
    ("012.0.0.1", UNUSUAL),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.168.1.1", "private"),
    ("0xc0a80101", UNUSUAL),
    ("169.254.169.254", "link-local"),
    ("2852039166", UNUSUAL),
    ("0251.0376.0251.0376", UNUSUAL),
    ("100.64.0.1", "shared behind a carrier"),
    ("192.0.0.8", "kept for protocols"),
    ("192.0.2.1", "for documentation"),
    ("198.51.100.1", "for documentation"),
    ("203.0.113.1", "for documentation"),
    ("192.88.99.1", "a relay of 6to4"),
    ("198.18.0.1", "for benchmarks"),
    ("198.19.255.255", "for benchmarks"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.250", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "broadcast"),
    ("[::]", "unspecified|this network itself"),
    ("[fe80::1]", "link-local"),
    ("[fe80::1%25lo]", "link-local|not a URL|cannot request"),
    ("[fc00::1]", "private"),
    ("[fd00:ec2::254]", "private"),
    ("[fec0::1]", "site-local"),
    ("[ff02::1]", "multicast"),
    ("[100::1]", "discarded"),
    ("[2001:db8::1]", "for documentation"),
    ("[3fff::1]", "for documentation"),
    ("[5f00::1]", "for segment routing"),
    ("[4000::1]", "reserved|not public"),
    ("[::10.0.0.1]", "private inside IPv6"),
    ("[::ffff:10.0.0.1]", "private inside IPv6"),
    ("[::ffff:a9fe:a9fe]", "link-local inside IPv6"),
    ("[64:ff9b::10.0.0.1]", "private inside IPv6"),
    ("[64:ff9b::a9fe:a9fe]", "link-local inside IPv6"),
    ("[64:ff9b:1::a00:1]", "private inside IPv6"),
    ("[64:ff9b:1:a00:0:100::]", "translated to IPv4 in a way of its network's own"),
    ("[2002:a00:1::1]", "private inside IPv6"),
    ("[2002:a9fe:a9fe::]", "link-local inside IPv6"),
    ("[2001:0:a00:1::1]", "private inside IPv6"),
    ("[2001:0:5db8:d70e:0:0:f5ff:fffe]", "private inside IPv6"),
    ("\uff11\uff10.0.0.1", UNUSUAL),
    ("10\u30020\u30020\u30021", UNUSUAL),
)

# Refused by their form alone.
FORMS = (
    ("ftp://weir.example/", "only http and https"),
    ("file:///etc/passwd", "only http and https"),
    ("gopher://weir.example:70/_", "only http and https"),
    ("dict://weir.example:2628/", "only http and https"),
    ("ldap://weir.example/", "only http and https"),
    ("data:text/html,hello", "only http and https"),
    ("javascript:alert(1)", "only http and https"),
    ("//weir.example/", "only http and https"),
    ("unix:///run/redis.sock", "only http and https"),
    ("http+unix://%2Frun%2Fredis.sock/", "only http and https"),
    ("http://weir.example@10.0.0.1/", "user information"),
    ("http://weir.example:80@10.0.0.1/", "user information"),
    ("http://@10.0.0.1/", "user information"),
    ("http://:@10.0.0.1/", "user information"),
    ("http://weir.example\\@10.0.0.1/", "user information"),
    ("http://10.0.0.1\\@weir.example/", "user information"),
    ("http://weir.example%2F@10.0.0.1/", "user information"),
    ("http://", "without a host"),
    ("http:///", "without a host"),
    ("http://[::1/", "not a URL"),
    ("http://weir.example:99999/", "not a URL"),
    ("http://weir.example:-80/", "not a URL"),
    ("http://weir.example:\u0665/", "not a URL"),
)
PORTS_OF_OTHERS = (21, 22, 23, 25, 53, 110, 2375, 3306, 5432, 6379, 8000, 9200, 11211, 27017)


class Site:
    """A server that nobody should reach; it redirects to where it is told, and remembers who came."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.target: str | None = None
        self.port = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        headers = {"Connection": "close"}
        if self.target and request.path == "/start":
            return web.Response(status=302, headers={"Location": self.target, **headers})
        return web.Response(text="the secret", headers=headers)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    served = Site()
    app = web.Application()
    app.router.add_route("GET", "/{path:.*}", served.answer)
    for port in PORTS:
        server = TestServer(app, host=HOST, port=port, skip_url_asserts=True)
        try:
            await server.start_server()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            continue
        served.port = port
        yield served
        await server.close()
        return
    pytest.fail(f"ports {PORTS} of {HOST} are in use")


async def refusal(url: str, *, allow_loopback: bool) -> str:
    """What is said when the URL is refused; fails where it is not, or for a reason of the network's."""
    async with GuardedClient("weir/1", allow_loopback=allow_loopback, timeout_s=5) as client:
        with pytest.raises(PermanentFailure) as refused:
            await client.get(url)
    return str(refused.value)


@pytest.mark.parametrize("host", ADDRESSES)
async def test_this_machine_is_contacted_only_where_the_setting_allows_it(site, host):
    url = f"http://{host}:{site.port}/"
    said = await refusal(url, allow_loopback=False)
    asked_before = list(site.asked)

    async with GuardedClient("weir/1", allow_loopback=True, timeout_s=5) as client:
        response = await client.get(url)

    assert re.search(r"is loopback( inside IPv6)?, .*set NEWSWEIR_ALLOW_LOOPBACK=true", said)
    assert asked_before == []
    assert response.body == b"the secret"


@pytest.mark.parametrize("host", SPELLINGS)
@pytest.mark.parametrize("allow_loopback", [False, True])
async def test_no_unusual_spelling_of_an_address_is_contacted(site, host, allow_loopback):
    said = await refusal(f"http://{host}:{site.port}/", allow_loopback=allow_loopback)

    assert site.asked == []
    assert "an unusual spelling of an IPv4 address" in said


@pytest.mark.parametrize(("host", "reason"), SPECIAL)
async def test_no_special_address_is_contacted_even_where_loopback_is(host, reason):
    said = await refusal(f"http://{host}/", allow_loopback=True)

    assert matches(reason, said)


@pytest.mark.parametrize(("host", "reason"), SPECIAL)
async def test_no_redirect_leads_to_a_special_address(site, host, reason):
    site.target = f"http://{host}/latest/meta-data/"

    said = await refusal(f"http://{HOST}:{site.port}/start", allow_loopback=True)

    assert matches(f"{reason}|redirects to what is no URL", said)
    assert site.asked == ["/start"]


@pytest.mark.parametrize(("url", "reason"), FORMS)
async def test_no_url_of_another_form_is_requested(url, reason):
    said = await refusal(url, allow_loopback=True)

    assert matches(reason, said)


@pytest.mark.parametrize("port", PORTS_OF_OTHERS)
async def test_no_port_but_those_of_web_sites_is_contacted(port):
    said = await refusal(f"http://weir.example:{port}/", allow_loopback=False)

    assert f"port {port} of 'weir.example'" in said


class Resolver:
    """Answers for one name, a different address each time; the last for ever."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)

    async def __call__(self, host, port, *, family=0, type=0, proto=0, flags=0):  # noqa: A002  # as the loop's own
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                socket.IPPROTO_TCP,
                "",
                (address, port, 0, 0) if ":" in address else (address, port),
            )
            for address in addresses
        ]


@pytest.mark.parametrize(
    ("then", "reason"),
    [(("10.0.0.1",), "private"), (("169.254.169.254",), "link-local"), (("::ffff:10.0.0.1",), "private inside IPv6")],
)
async def test_a_name_that_leads_elsewhere_the_second_time_is_refused(site, monkeypatch, then, reason):
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", Resolver((HOST,), then))
    url = f"http://rebinding.example:{site.port}/page"

    async with GuardedClient("weir/1", allow_loopback=True, timeout_s=5) as client:
        first = await client.get(url)
        with pytest.raises(AddressRefused, match=reason):
            await client.get(url)

    assert first.body == b"the secret"
    assert site.asked == ["/page"]


async def test_a_name_that_changes_between_a_redirect_and_its_target_is_refused(site, monkeypatch):
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", Resolver((HOST,), ("192.168.0.1",)))
    site.target = f"http://rebinding.example:{site.port}/page"

    said = await refusal(f"http://rebinding.example:{site.port}/start", allow_loopback=True)

    assert "private" in said
    assert site.asked == ["/start"]


@pytest.mark.parametrize(
    "addresses",
    [("127.0.0.77",), ("::1",), ("10.0.0.1", "127.0.0.77"), ("::1", "127.0.0.77"), ("::ffff:7f00:4d",)],
)
async def test_a_name_that_leads_to_this_machine_is_refused(site, monkeypatch, addresses):
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", Resolver(addresses))

    said = await refusal(f"http://innocent.example:{site.port}/", allow_loopback=False)

    assert "may not be contacted" in said
    assert site.asked == []


async def test_a_name_with_a_private_address_beside_a_good_one_is_contacted_at_the_good_one(site, monkeypatch):
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", Resolver(("10.0.0.1", HOST)))

    async with GuardedClient("weir/1", allow_loopback=True, timeout_s=5) as client:
        response = await client.get(f"http://innocent.example:{site.port}/")

    assert response.body == b"the secret"


async def test_a_name_whose_only_good_address_does_not_answer_is_worth_another_try(monkeypatch):
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", Resolver(("10.0.0.1", "127.0.0.78")))

    async with GuardedClient("weir/1", allow_loopback=True, timeout_s=5) as client:
        with pytest.raises(FetchFailed):
            await client.get("http://innocent.example:9/")


async def test_a_refusal_is_one_of_the_two_errors_that_no_retry_heals():
    async with GuardedClient("weir/1", timeout_s=5) as client:
        with pytest.raises(AddressRefused):
            await client.get("http://10.0.0.1/")
        with pytest.raises(InvalidInput):
            await client.get("http://[::1/")


def matches(reason: str, said: str) -> bool:
    return any(words in said for words in reason.split("|"))
