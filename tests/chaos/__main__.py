"""The chaos run: python -m tests.chaos [--short] [--seed N] [--store tantivy|elasticsearch].

Articles go through all stages, two processes each, while these are killed and stopped, the broker is restarted, and
the store is away, busy or deaf. In the end nothing is lost, nothing is doubled, and the dead letters hold exactly
what was poisoned; otherwise the exit status is 1.
"""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
from pathlib import Path

from shared.clock import Clock, SystemClock
from shared.settings import StoreSettings, load
from tests.chaos.doors import Stuck
from tests.chaos.plan import LONG, SHORT, Form, Store
from tests.chaos.report import Progress, table
from tests.chaos.trial import prepared

_STORES: tuple[Store, ...] = ("tantivy", "elasticsearch")


def main() -> int:
    arguments = _arguments()
    form = SHORT if arguments.short else LONG
    seed = random.SystemRandom().randrange(1_000_000) if arguments.seed is None else arguments.seed
    elasticsearch_url = load(StoreSettings).elasticsearch_url
    held = True
    for store in _STORES:
        if arguments.store not in (None, store):
            continue
        if store == "elasticsearch" and not elasticsearch_url:
            sys.stdout.write(
                "elasticsearch: skipped, because ELASTICSEARCH_URL is not set (see `make elasticsearch`)\n"
            )
            continue
        held = _one(store, form, seed, elasticsearch_url) and held
    return 0 if held else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Kill and stop everything, then count.")
    parser.add_argument("--short", action="store_true", help=f"{SHORT.articles} articles instead of {LONG.articles}")
    parser.add_argument("--seed", type=int, help="of articles and faults; random unless given, and printed")
    parser.add_argument("--store", choices=_STORES, help="this one alone")
    return parser.parse_args()


def _one(store: Store, form: Form, seed: int, elasticsearch_url: str | None) -> bool:
    folder = Path(tempfile.mkdtemp(prefix=f"newsweir-chaos-{store}-"))
    try:
        try:
            held = asyncio.run(_run(store, form, seed, elasticsearch_url, folder, SystemClock()))
        except* (Stuck, TimeoutError) as group:
            reasons = [str(error) or f"not done within {form.limit_s:.0f} s" for error in group.exceptions]
            sys.stdout.write(f"ended: {'; '.join(reasons)}\n")
            held = False
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if held:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        sys.stdout.write(f"logs, traces and data are kept in {folder}; repeat with --seed {seed}\n")
    return held


async def _run(store: Store, form: Form, seed: int, elasticsearch_url: str | None, folder: Path, clock: Clock) -> bool:
    shown = Progress(clock)
    shown.say(f"{form.name} run over {store}, seed {seed}: {form.articles} articles, {form.poisoned} of them poisoned")
    async with prepared(store, form, seed, elasticsearch_url, folder, clock, shown.say) as trial:
        async with asyncio.timeout(form.limit_s):
            await trial.run(random.Random(f"{seed} faults"))
    sys.stdout.write(table(trial, seed, shown.seconds))
    return all(check.holds for check in trial.checks)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted; nothing is left running")
