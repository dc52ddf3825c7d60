"""What may be shown of an article whose publisher does not want copies kept on show."""

from shared.article_store.document import StoredArticle, StoredRevision
from shared.article_store.facts import StoredFact
from shared.article_store.snippets import shortened
from shared.events.enrichment import Enrichment, Entity, Keyphrase


def as_permitted(stored: StoredArticle) -> StoredArticle:
    """The article, or where it says noarchive its snippet, with nothing that quotes from beyond the snippet."""
    if "noarchive" not in stored.article.rights:
        return stored
    text = shortened(stored.article.text)
    article = stored.article.model_copy(
        update={"text": text, "text_truncated": stored.article.text_truncated or text != stored.article.text}
    )
    enrichment = _within(stored.enrichment, len(text) - text.endswith("…"))
    return stored.model_copy(update={"article": article, "enrichment": enrichment})


def revision_as_permitted(revision: StoredRevision, stored: StoredArticle) -> StoredRevision:
    """The revision of an article, or its snippet where it or the article as it is now says noarchive; then both do."""
    if "noarchive" not in (*revision.rights, *stored.article.rights):
        return revision
    rights = tuple(dict.fromkeys((*revision.rights, "noarchive")))
    return revision.model_copy(update={"text": shortened(revision.text), "rights": rights})


def fact_as_permitted(fact: StoredFact, stored: StoredArticle | None) -> StoredFact:
    """The fact, or where its article says noarchive and is quoted beyond the snippet, the fact without the words."""
    if stored is None or "noarchive" not in stored.article.rights:
        return fact
    if fact.evidence.end <= len(shortened(stored.article.text)):
        return fact
    return fact.model_copy(update={"evidence": fact.evidence.model_copy(update={"text": ""})})


def _within(enrichment: Enrichment, end: int) -> Enrichment:
    return enrichment.model_copy(
        update={
            "entities": tuple(_mentions_within(entity, end) for entity in enrichment.entities),
            "relations": tuple(item for item in enrichment.relations if item.evidence.end <= end),
            "money": tuple(item for item in enrichment.money if item.end <= end),
            "quotes": tuple(item for item in enrichment.quotes if item.end <= end),
            "events": tuple(item for item in enrichment.events if item.evidence.end <= end),
            "keyphrases": tuple(_placed_within(phrase, end) for phrase in enrichment.keyphrases),
            "summary": shortened(enrichment.summary) if enrichment.summary else None,
        }
    )


def _placed_within(phrase: Keyphrase, end: int) -> Keyphrase:
    """The phrase, without a place that lies beyond what is shown."""
    if phrase.end is None or phrase.end <= end:
        return phrase
    return phrase.model_copy(update={"start": None, "end": None})


def _mentions_within(entity: Entity, end: int) -> Entity:
    mentions = tuple(mention for mention in entity.mentions if mention.field == "title" or mention.end <= end)
    return entity.model_copy(update={"mentions": mentions})
