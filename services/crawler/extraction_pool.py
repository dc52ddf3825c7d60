"""The processes in which pages are read: as many, and as limited, as the settings say."""

import os
from functools import partial
from importlib import import_module

from services.crawler.settings import CrawlerSettings
from shared.isolation.pool import IsolatedPool

# Starting one takes the processor as long as 60 pages do; over 6,800 real pages none grew.
_PAGES_PER_WORKER = 5_000


def extraction_pool(settings: CrawlerSettings) -> IsolatedPool:
    """A pool that is not open yet; its workers import what extraction needs before the first page's time begins."""
    return IsolatedPool(
        workers=processes(settings),
        time_limit_s=settings.extraction_time_limit_s,
        memory_limit_mb=settings.extraction_memory_mb,
        max_tasks=_PAGES_PER_WORKER,
        warm_up=partial(import_module, "services.crawler.extraction.extract"),
    )


def processes(settings: CrawlerSettings) -> int:
    """How many pages are read at once; where nothing is set, one core is left to the event loop and the rest."""
    return settings.extraction_workers or max(1, (os.cpu_count() or 1) - 1)
