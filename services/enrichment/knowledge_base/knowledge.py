"""Everything that enrichers look things up in, loaded once per process."""

from dataclasses import dataclass
from pathlib import Path

from services.enrichment.knowledge_base.ambiguity import read_words
from services.enrichment.knowledge_base.exchange_rates import ExchangeRates, read_exchange_rates
from services.enrichment.knowledge_base.gazetteer import Gazetteer, read_entities

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Knowledge:
    """What is known before an article is read.

    Attributes:
        personal_names: given names and surnames, lower case.
    """

    gazetteer: Gazetteer
    personal_names: frozenset[str]
    exchange_rates: ExchangeRates


def open_knowledge(data: Path = DATA) -> Knowledge:
    """Load the data files.

    Raises:
        ConfigurationError: a file is missing or broken.
    """
    return Knowledge(
        gazetteer=Gazetteer(read_entities(data / "entities.tsv.gz")),
        personal_names=read_words(data / "personal_names.txt"),
        exchange_rates=read_exchange_rates(data / "exchange_rates.csv"),
    )
