"""An embedded Valkey that is killed and started again over the same data."""

from pathlib import Path

from services.cli.embedded_valkey import ValkeyServer, bundled_binary, new_socket, remove_socket, start_server
from shared.clock import Clock


class Broker:
    """One server over one folder; its socket stays the same."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._socket = new_socket()
        self._server: ValkeyServer | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    async def start(self) -> None:
        """Return when it answers."""
        log = self._folder / "valkey.log"
        self._server = await start_server(bundled_binary(), self._folder / "valkey", self._socket, self._clock, log=log)

    async def down(self, *, kill: bool) -> None:
        """End the server with SIGKILL or SIGTERM, and wait for its end."""
        assert self._server is not None, "it was started"
        process = self._server.process
        (process.kill if kill else process.terminate)()
        while process.poll() is None:
            await self._clock.sleep(0.02)

    async def stop(self) -> None:
        """End for good."""
        if self._server is not None:
            await self._server.stop(self._clock)
        remove_socket(self._socket)
