"""`run`, `demo` and `service`: settings are read and files checked before anything starts."""

import asyncio
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from rich.console import Console

from services.cli.run import Plan, run
from services.cli.settings_groups import refuse_unknown_in_file
from shared.clock import SystemClock
from shared.errors import ConfigurationError
from shared.settings import BusSettings, HttpSettings, StoreSettings, load
from shared.sources import Source, read_sources_file


def start_run(sources_file: Path | None, *, prune: bool = False) -> None:
    """`newsweir run`; raises as `services.cli.run.run`, and ConfigurationError for a file that does not fit."""
    if prune and sources_file is None:
        raise ConfigurationError("--prune removes what a file of sources does not name: give it with --sources FILE")
    _run(replace(_plan(read_sources_file(sources_file) if sources_file else ()), prune=prune))


def start_demo() -> None:
    """`newsweir demo`; raises as `services.cli.run.run`."""
    from services.cli.demo import demo_plan
    from services.newsroom.settings import NewsroomSettings

    _run(demo_plan(_plan(()), load(NewsroomSettings)))


def start_service(name: str) -> int:
    """Run one service until it is signalled; its exit status."""
    refuse_unknown_in_file()
    status: int = import_module(f"services.{name}.app").main()
    return status


def _plan(sources: tuple[Source, ...]) -> Plan:
    store = load(StoreSettings)
    # Children may be started elsewhere.
    data_dir = store.data_dir.expanduser().absolute()
    return Plan("newsweir run", data_dir, load(BusSettings), load(HttpSettings), sources=sources)


def _run(plan: Plan) -> None:
    refuse_unknown_in_file()
    asyncio.run(run(plan, SystemClock(), Console(highlight=False)))
