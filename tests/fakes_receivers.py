"""Fakes of who receives notices, on loopback: a webhook, and a mail server that speaks as much SMTP as it needs."""

import asyncio
import email
import email.policy
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class FakeWebhook:
    """Notes what is posted, and answers with the next of `statuses`, the last of them for ever."""

    statuses: list[int] = field(default_factory=lambda: [200])
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.got.append((dict(request.headers), await request.read()))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return web.Response(status=status, headers=self.headers)

    @property
    def origin(self) -> str:
        return self.url.rpartition("/")[0]


@asynccontextmanager
async def a_webhook(*statuses: int, **headers: str) -> AsyncIterator[FakeWebhook]:
    """A running receiver."""
    receiver = FakeWebhook(list(statuses) or [200], {name.replace("_", "-"): value for name, value in headers.items()})
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    async with TestServer(app, skip_url_asserts=True) as server:
        receiver.url = str(server.make_url("/hook"))
        yield receiver


@dataclass
class FakeMailServer:
    """Takes mail from one client at a time.

    Attributes:
        refuse: answers RCPT with this line instead.
        login: user and password without which no mail is taken.
    """

    refuse: str | None = None
    login: tuple[str, str] | None = None
    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipients: list[str] = []
        known = self.login is None
        writer.write(b"220 fake\r\n")
        while line := (await reader.readline()).decode().strip():
            verb = line[:4].upper()
            if verb == "QUIT":
                writer.write(b"221 bye\r\n")
                break
            if verb == "RCPT" and not self.refuse:
                recipients.append(line.partition("<")[2].rstrip(">"))
            if verb == "DATA":
                writer.write(b"354 go on\r\n")
                await writer.drain()
                data = (await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n")
                message = email.message_from_bytes(data, policy=email.policy.default)
                assert isinstance(message, EmailMessage)
                self.messages.append(message)
                self.recipients.append(recipients)
            if verb == "AUTH":
                known = b64decode(line.split()[-1]).decode().split("\0")[1:] == list(self.login or ())
            writer.write(self._answer(verb, known=known).encode() + b"\r\n")
            await writer.drain()
        writer.close()

    def _answer(self, verb: str, *, known: bool) -> str:
        match verb:
            case "EHLO" if self.login:
                return "250-fake\r\n250 AUTH PLAIN"
            case "AUTH":
                return "235 welcome" if known else "535 who is that"
            case "MAIL" if not known:
                return "530 log in first"
            case "RCPT" if self.refuse:
                return self.refuse
            case _:
                return "250 ok"


@asynccontextmanager
async def a_mail_server(
    refuse: str | None = None, login: tuple[str, str] | None = None
) -> AsyncIterator[FakeMailServer]:
    """A running mail server."""
    fake = FakeMailServer(refuse, login)
    server = await asyncio.start_server(fake.talk, "127.0.0.1", 0)
    async with server:
        fake.port = server.sockets[0].getsockname()[1]
        yield fake
