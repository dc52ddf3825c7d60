"""The services that the command line starts and asks for their health, and the ports they listen on."""

import errno
import socket
from dataclasses import dataclass

from shared.errors import ConfigurationError
from shared.settings import HttpSettings

# Who listens everywhere is reached on loopback.
_REACHED_AT = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 (nothing is bound here)


@dataclass(frozen=True)
class Service:
    """One of the four; its health is at NEWSWEIR_HTTP_PORT + port_offset."""

    name: str
    port_offset: int

    def port(self, http: HttpSettings) -> int:
        return http.http_port + self.port_offset

    def url(self, http: HttpSettings) -> str:
        """Where this machine reaches the service, without a slash at the end."""
        return f"http://{_REACHED_AT.get(http.http_host, http.http_host)}:{self.port(http)}"


SEARCH = Service("search", 0)
SERVICES = (Service("crawler", 1), Service("enrichment", 2), Service("indexing", 3), SEARCH)


@dataclass(frozen=True)
class Ports:
    """Ports that follow each other, and the variable that names the first."""

    host: str
    first: int
    count: int
    variable: str

    def refuse_busy(self) -> None:
        """Raise ConfigurationError, naming the variable to change, where one of them cannot be listened on."""
        highest = 65536 - self.count
        if not 1 <= self.first <= highest:
            raise ConfigurationError(
                f"{self.variable} is {self.first}: it is the first of {self.count} ports, so choose 1 to {highest}"
            )
        for port in range(self.first, self.first + self.count):
            try:
                _listen(self.host, port)
            except OSError as error:
                why = "is taken by another process" if error.errno == errno.EADDRINUSE else f"cannot be used ({error})"
                raise ConfigurationError(
                    f"port {port} of {self.host} {why}: set {self.variable} to the first of {self.count} free ports"
                ) from error


def _listen(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the servers themselves do: a connection that is still closing does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
