"""Sends a notice by e-mail: plain text, over SMTP in a thread of its own."""

import asyncio
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime

from services.search.alerts.rules import Alert, Mail
from services.search.alerts.settings import Security
from shared.errors import ConfigurationError, PermanentFailure, TemporaryFailure
from shared.events.alerts import AlertFired

_LONGEST_SUBJECT = 150
_TEMPORARY_CODES = range(400, 500)


class MailFailed(TemporaryFailure):
    """The mail server did not take the notice; it may do so later."""


class MailRefused(PermanentFailure):
    """The mail server will never take this notice."""


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in.

    Attributes:
        sender: the address that notices come from.
        timeout_s: for each answer of the server.
    """

    host: str
    port: int
    security: Security
    sender: str
    user: str | None = None
    password: str | None = None
    timeout_s: float = 20.0

    async def send(self, message: EmailMessage) -> None:
        """Return when the server has taken the message.

        Raises:
            MailFailed: it is away, or says that it may take it later.
            MailRefused: it says that it never will, to any of the recipients.
        """
        await asyncio.to_thread(self._send, message)

    def _send(self, message: EmailMessage) -> None:
        with _our_errors(self.host), self._connected() as server:
            if self.user is not None and self.password is not None:
                server.login(self.user, self.password)
            server.send_message(message)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        tls = ssl.create_default_context()
        if self.security == "tls":
            with smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_s, context=tls) as server:
                yield server
            return
        with smtplib.SMTP(self.host, self.port, timeout=self.timeout_s) as server:
            if self.security == "starttls":
                server.starttls(context=tls)
            yield server


def message_of(
    alert: Alert, channel: Mail, event: AlertFired, server: MailServer, *, test: bool = False
) -> EmailMessage:
    """The mail; its Message-ID is that of the notice, so that a mailbox shows a repeated one once."""
    message = EmailMessage()
    message["Subject"] = _line(("Test: " if test else "") + _subject(alert, event))[:_LONGEST_SUBJECT]
    message["From"] = server.sender
    message["To"] = ", ".join(channel.to)
    message["Date"] = format_datetime(event.fired_at)
    message["Message-ID"] = f"<{event.delivery_id}@{server.sender.rpartition('@')[2]}>"
    # Answers to machines are not for people, and vacations need not be announced to us.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join(_lines(alert, event)))
    return message


def _subject(alert: Alert, event: AlertFired) -> str:
    count = len(event.articles) + event.left_out
    return f"{alert.name}: {event.articles[0].title}" if count == 1 else f"{alert.name}: {count} articles"


def _lines(alert: Alert, event: AlertFired) -> Iterator[str]:
    for article in event.articles:
        yield _line(article.title)
        yield f"{_line(article.site_name or '')} {article.published_at:%Y-%m-%d %H:%M} UTC".strip()
        yield article.url
        if article.snippet:
            yield _line(article.snippet)
        yield ""
    if event.left_out:
        yield f"… and {event.left_out} more."
    yield f"Alert {alert.name!r} of Newsweir."


def _line(text: str) -> str:
    """Without what could begin a new header or line."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in text).split())


@contextmanager
def _our_errors(host: str) -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        kind = MailFailed if any(code in _TEMPORARY_CODES for code in codes) else MailRefused
        raise kind(f"{host} takes mail for none of the recipients: {codes}") from error
    except smtplib.SMTPResponseException as error:
        said = f"{host} answered {error.smtp_code}: {_said(error.smtp_error)}"
        # A wrong password is a setting to mend, not the fault of a notice.
        later = error.smtp_code in _TEMPORARY_CODES or isinstance(error, smtplib.SMTPAuthenticationError)
        raise (MailFailed(said) if later else MailRefused(said)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailFailed(f"no mail through {host}: {error}") from error


def _said(error: bytes | str) -> str:
    return (error.decode(errors="replace") if isinstance(error, bytes) else error)[:200]


def require(server: MailServer | None) -> MailServer:
    """The server; raises ConfigurationError with the remedy where none is set."""
    if server is None:
        raise ConfigurationError("no mail server is set: NEWSWEIR_SMTP_HOST and NEWSWEIR_SMTP_SENDER")
    return server
