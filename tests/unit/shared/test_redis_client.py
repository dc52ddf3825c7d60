from importlib.metadata import version

import pytest

from shared.errors import ConfigurationError, DependencyUnavailable
from shared.redis_client import connection_options, open_connection, refuse_unfit_server, sentinels_of
from shared.settings import BusSettings


def test_without_a_url_the_error_says_how_to_get_a_broker():
    with pytest.raises(ConfigurationError, match="newsweir run"):
        open_connection(BusSettings())


def test_a_url_of_another_kind_is_refused_by_name():
    with pytest.raises(ConfigurationError, match="REDIS_URL"):
        open_connection(BusSettings(redis_url="redis://broker:port"))


def test_no_connection_has_a_socket_timeout():
    """Python 3.11 loses cancellation with one."""
    assert connection_options("redis://broker")["socket_timeout"] is None
    assert connection_options("redis://broker")["socket_keepalive"]
    assert "socket_keepalive" not in connection_options("unix:///run/broker.sock")


def test_a_client_and_its_connections_are_told_their_version_instead_of_reading_it():
    first, second = (open_connection(BusSettings(redis_url="redis://broker")) for _ in range(2))

    told = [opened.client.connection_pool.make_connection().driver_info for opened in (first, second)]

    assert told[0] is told[1]
    assert told[0].lib_version == version("redis")


def test_keys_begin_with_the_prefix():
    connection = open_connection(BusSettings(redis_url="redis://broker", key_prefix="team:"))

    assert connection.key("frontier", "hosts") == "team:frontier:hosts"


def test_the_address_holds_no_password():
    connection = open_connection(BusSettings(redis_url="redis://:secret@broker:6380/0"))

    assert connection.address == "broker:6380"


async def test_a_broker_that_is_away_is_a_dependency_that_is_away(away):
    with pytest.raises(DependencyUnavailable, match=r"nobody\.sock"):
        await away.check()
    with pytest.raises(DependencyUnavailable, match=r"nobody\.sock"):
        await refuse_unfit_server(away)


async def test_a_single_server_is_no_cluster(connection):
    await refuse_unfit_server(connection)
    await connection.check()


class Cluster:
    """A connection to a server that says it is part of a cluster."""

    address = "broker:6379"

    def __init__(self) -> None:
        self.client = self

    async def info(self, section: str) -> dict[str, int]:
        return {"cluster_enabled": 1}


async def test_a_cluster_is_refused_at_start():
    with pytest.raises(ConfigurationError, match="Redis Cluster"):
        await refuse_unfit_server(Cluster())


def test_a_url_of_sentinels_says_where_they_are_and_what_they_call_the_primary():
    found = sentinels_of("rediss+sentinel://me:p%40ss@one:26379,two:26380/news/2")

    assert found is not None
    assert found.addresses == (("one", 26379), ("two", 26380))
    assert (found.service, found.database) == ("news", 2)
    assert found.options == {"username": "me", "password": "p@ss", "ssl": True}


def test_sentinels_may_have_been_signed_for_by_an_authority_of_the_operators():
    found = sentinels_of("rediss+sentinel://one:26379/news?ssl_ca_certs=/etc/newsweir/redis/ca.crt")

    assert found is not None
    assert (found.service, found.database) == ("news", 0)
    assert (found.options["ssl"], found.options["ssl_ca_certs"]) == (True, "/etc/newsweir/redis/ca.crt")


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://one/news",
        "redis+sentinel://one:26379",
        "redis+sentinel://one:²/news",
        "redis+sentinel://one:26379/news/²",
        "http+sentinel://a:1/b",
        "redis+sentinel://one:26379/news?ssl_ca_certs=/ca.crt",
        "rediss+sentinel://one:26379/news?ssl_cert_reqs=none",
    ],
)
def test_sentinels_that_cannot_be_understood_are_refused_with_the_form(url):
    with pytest.raises(ConfigurationError, match=r"redis\+sentinel://\[user"):
        sentinels_of(url)


def test_other_urls_name_no_sentinels():
    assert sentinels_of("redis://broker:6379/0") is None
