"""Says where to start again when the page of a search that is asked for is not there any more."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import Expired


class StartAgain(Expired):
    """The page is not there any more; `link` leads to the first one."""

    def __init__(self, reason: str, link: str) -> None:
        super().__init__(reason)
        self.link = link


@contextmanager
def starting_again_at(link: str) -> Iterator[None]:
    """Raise StartAgain with the link for what has expired in the block."""
    try:
        yield
    except Expired as error:
        raise StartAgain(str(error), link) from error
