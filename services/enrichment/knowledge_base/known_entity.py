"""An entity as the knowledge base keeps it, and the line of the data file that holds it."""

from typing import NamedTuple, get_args

from shared.errors import ConfigurationError
from shared.events.enrichment import EntityType

_ENTITY_TYPES = get_args(EntityType)


class KnownEntity(NamedTuple):
    """Someone or something with all names it goes by.

    Attributes:
        parent: the id of the owner of a body or product; of a capital its country's.
        names: each stands for the entity wherever it appears.
        words: names that mean something else as well, from our own lists; capitals or company are needed.
        weak: names that mean something else as well, from bulk sources; only plain evidence will do.
        unless: lower-case words in a sentence that speak against an ambiguous name.
        wikidata: its id there, empty unless someone has verified it.
        formerly: ids it had before, such as the slug it was given as an unknown name.
    """

    id: str
    name: str
    type: EntityType
    country: str = ""
    industry: str = ""
    parent: str = ""
    ticker: str = ""
    website: str = ""
    wikidata: str = ""
    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()


_COLUMNS = len(KnownEntity._fields)
_FIRST_LIST = KnownEntity._fields.index("names")


def to_line(entity: KnownEntity) -> str:
    """One line of the data file: columns separated by tabs, the items of a column by bars."""
    return "\t".join(column if isinstance(column, str) else "|".join(column) for column in entity)


def from_line(line: str) -> KnownEntity:
    """The entity that `to_line` wrote.

    Raises:
        ConfigurationError: the line does not have the columns of an entity.
    """
    columns = line.rstrip("\n").split("\t")
    if len(columns) != _COLUMNS or columns[2] not in _ENTITY_TYPES:
        raise ConfigurationError(f"knowledge base: no entity in line {line[:80]!r}; build the data file again")
    lists = (tuple(column.split("|")) if column else () for column in columns[_FIRST_LIST:])
    return KnownEntity._make([*columns[:_FIRST_LIST], *lists])
