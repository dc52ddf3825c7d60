"""`newsweir export`: every article that matches, streamed as JSON lines, CSV, RSS or Atom."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from services.cli.output import say
from services.search.export_formats import FORMATS, Channel, Format
from services.search.finding.catalogue import Catalogue
from services.search.finding.exports import begin
from shared.article_store.document import StoredArticle
from shared.article_store.opening import open_reader
from shared.article_store.query import ArticleQuery
from shared.errors import ConfigurationError
from shared.settings import StoreSettings


async def export(query: ArticleQuery, settings: StoreSettings, form: Format, output: Path | None) -> None:
    """Write all articles of the query; says on standard error how many.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    reader = await open_reader(settings)
    try:
        found = await begin(Catalogue(reader, time_limit_s=settings.store_timeout_s), query)
        counted = _Counted(found.articles)
        with open_output(output) as out:
            async for piece in FORMATS[form].pieces(counted.articles(), Channel(title="Newsweir")):
                out.write(piece)
                out.flush()
    finally:
        await reader.close()
    say(f"{counted.count} article{'' if counted.count == 1 else 's'} exported")


class _Counted:
    """Articles, and how many have passed."""

    def __init__(self, found: AsyncIterator[StoredArticle]) -> None:
        self._found = found
        self.count = 0

    async def articles(self) -> AsyncIterator[StoredArticle]:
        async for stored in self._found:
            self.count += 1
            yield stored


@contextmanager
def open_output(path: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that has its name only when it is whole; ConfigurationError where it takes nothing."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error}") from error
    finally:
        # Where nothing could be written there is nothing to take away, either.
        with suppress(OSError):
            part.unlink(missing_ok=True)
