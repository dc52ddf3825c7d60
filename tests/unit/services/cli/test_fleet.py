import socket

import pytest

from services.cli.fleet import SEARCH, SERVICES, Ports
from shared.errors import ConfigurationError
from shared.settings import HttpSettings


def test_each_service_has_a_port_of_its_own_after_that_of_search():
    http = HttpSettings(http_port=9000)

    assert {service.name: service.port(http) for service in SERVICES} == {
        "search": 9000, "crawler": 9001, "enrichment": 9002, "indexing": 9003
    }  # fmt: skip


def test_who_listens_everywhere_is_asked_on_loopback():
    assert SEARCH.url(HttpSettings(http_host="0.0.0.0", http_port=9000)) == "http://127.0.0.1:9000"


def test_a_busy_port_is_refused_with_the_name_of_the_setting():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(
            ConfigurationError, match=f"port {port} .* taken by another process: set NEWSWEIR_HTTP_PORT"
        ):
            Ports("127.0.0.1", port, 1, "NEWSWEIR_HTTP_PORT").refuse_busy()


@pytest.mark.parametrize("first", [0, 65_533])
def test_ports_that_do_not_exist_are_refused(first):
    with pytest.raises(ConfigurationError, match="choose 1 to 65532"):
        Ports("127.0.0.1", first, 4, "NEWSWEIR_HTTP_PORT").refuse_busy()
