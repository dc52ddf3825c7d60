"""The two parameters that narrow by the time of publication, wherever they are taken."""

from dataclasses import dataclass
from datetime import datetime

from services.search.form import Given
from services.search.moments import since, until
from services.search.parameter import Parameter, single
from services.search.query_string import InvalidParameter


@dataclass(frozen=True)
class Times:
    """From a first instant of publication that counts, up to one that does not."""

    since: Parameter[datetime | None]
    until: Parameter[datetime | None]

    @property
    def parameters(self) -> tuple[Parameter[datetime | None], Parameter[datetime | None]]:
        """Both, as they are described."""
        return self.since, self.until

    def of(self, given: Given) -> tuple[datetime | None, datetime | None]:
        """The first instant that counts and the first that does not any more; None leaves a side open.

        Raises:
            InvalidParameter: no days, times or spans, or an end before its beginning.
        """
        start, end = given[self.since], given[self.until]
        if start and end and start >= end:
            raise InvalidParameter(self.until.name, f"ends before `{self.since.name}` begins: exchange the two")
        return start, end


def times(since_when: str, until_when: str) -> Times:
    """Times that are described so."""
    schema = {"type": "string"}
    return Times(single("from", since_when, schema, since, None), single("to", until_when, schema, until, None))
