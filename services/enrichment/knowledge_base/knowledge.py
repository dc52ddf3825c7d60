"""Everything that enrichers look things up in, loaded once per process."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.enrichment.knowledge_base.ambiguity import read_words
from services.enrichment.knowledge_base.exchange_rates import ExchangeRates, read_exchange_rates
from services.enrichment.knowledge_base.gazetteer import Gazetteer, read_entities
from services.enrichment.knowledge_base.lexicon import Lexicon, read_lexicon
from services.enrichment.knowledge_base.named_entity_model import NamedEntityModel, open_model
from services.enrichment.knowledge_base.own_entities import load, merged_with
from services.enrichment.knowledge_base.sentiment_words import read_sentiment_words
from services.enrichment.knowledge_base.topic_rules import TopicRules, read_topic_rules

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Knowledge:
    """What is known before an article is read.

    Attributes:
        personal_names: given names and surnames, lower case.
        common_words: ordinary words, lower case.
        sentiment_words: English words, lower case, with their tone from -4 to 4.
        lexicon: given names, surnames and places that are evidence of what a name is.
        model: finds names that the gazetteer does not know; None in the fast tier.
    """

    gazetteer: Gazetteer
    personal_names: frozenset[str]
    common_words: frozenset[str]
    exchange_rates: ExchangeRates
    topic_rules: TopicRules
    sentiment_words: Mapping[str, float]
    lexicon: Lexicon
    model: NamedEntityModel | None = None


def open_knowledge(
    *, with_model: bool = False, data: Path = DATA, own: Path | None = None, exchange_rates: Path | None = None
) -> Knowledge:
    """Load the data files, a user's own entities and rates where files of them are named, and the model if asked for.

    Raises:
        ConfigurationError: a file is missing or broken, or the model is not installed.
    """
    entities = read_entities(data / "entities.tsv.gz")
    return Knowledge(
        gazetteer=Gazetteer(merged_with(entities, load(own)) if own else entities),
        common_words=read_words(data / "common_words.txt"),
        personal_names=read_words(data / "personal_names.txt"),
        exchange_rates=read_exchange_rates(exchange_rates or data / "exchange_rates.csv"),
        topic_rules=read_topic_rules(data / "topic_rules.tsv"),
        sentiment_words=read_sentiment_words(data / "sentiment_words.tsv"),
        lexicon=read_lexicon(data / "lexicon.tsv.gz"),
        model=open_model() if with_model else None,
    )
