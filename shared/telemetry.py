"""How a process speaks of itself: structured logs to standard error, and traces where somebody takes them."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from structlog.types import EventDict, Processor

from shared import tracing
from shared.secrecy import without_secrets
from shared.settings import TelemetrySettings


@contextmanager
def reporting(service: str, settings: TelemetrySettings) -> Iterator[None]:
    """Log, and send traces where an endpoint is set, within the block: the life of a service.

    Raises:
        ConfigurationError: as `tracing.sending`.
    """
    configure_logging(service, settings)
    with tracing.sending(service, settings):
        yield


def configure_logging(service: str, settings: TelemetrySettings) -> None:
    """Route our own and the libraries' log lines through one format; each line names the service, none a secret."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    written: list[Processor] = [structlog.processors.format_exc_info, _mask, _renderer(settings.log_format)]
    structlog.configure(
        processors=[*shared, _name_trace, *written],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.log_level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    structlog.contextvars.bind_contextvars(service=service)
    _heed_libraries(shared, written)


def _heed_libraries(shared: list[Processor], written: list[Processor]) -> None:
    named: list[Processor] = [*shared, structlog.stdlib.add_logger_name]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=named,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *written],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    # Libraries may warn; what they say at lower levels is theirs.
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)


def _name_trace(_: object, __: str, event: EventDict) -> EventDict:
    if trace_id := tracing.current().trace_id:
        event["trace_id"] = trace_id
    return event


def _mask(_: object, __: str, event: EventDict) -> EventDict:
    # Exceptions are text by now; what is no text holds numbers and short words of ours.
    return {name: without_secrets(value) if isinstance(value, str) else value for name, value in event.items()}


def _renderer(log_format: str) -> Processor:
    if log_format == "json" or (log_format == "auto" and not sys.stderr.isatty()):
        return structlog.processors.JSONRenderer(default=str)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
