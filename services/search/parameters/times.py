"""The two parameters that narrow by the time of publication, wherever they are taken."""

from datetime import datetime
from functools import partial

from services.search.parameters.bounds import Bounds
from services.search.parameters.parameter import single
from services.search.query_language.moments import since, until, written


def times(since_when: str, until_when: str) -> Bounds[datetime]:
    """From a first instant of publication that counts, up to one that does not; described so."""
    schema = {"type": "string"}
    return Bounds(
        single("from", since_when, schema, since, None),
        single("to", until_when, schema, until, None),
        written,
        partial(written, end=True),
    )
