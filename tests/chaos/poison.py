"""Articles that no stage can deal with: five kinds, two of which can be healed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shared.bus.envelope import encode
from shared.topology import ARTICLES_CRAWLED, ARTICLES_ENRICHED, ENRICHMENT, INDEXING, Stage, Stream
from tests.builders import an_article, an_enriched_article

# cut: the JSON ends too early. type: the event is of another type. field: a required field is missing.
# refused: the handler raises PermanentFailure. killer: whoever handles it is killed.
Kind = Literal["cut", "type", "field", "refused", "killer"]
UNREADABLE: tuple[Kind, ...] = ("cut", "type", "field")
HEALABLE: tuple[Kind, ...] = ("refused", "killer")
KINDS: tuple[Kind, ...] = (*UNREADABLE, *HEALABLE)
STAGES: tuple[Stage, ...] = (ENRICHMENT, INDEXING)
# What a handler says that refuses an article.
REFUSAL = "poison in a batch"
_MARK = re.compile(r"\[(refused|killer) by (enrichment|indexing)\]")


@dataclass(frozen=True)
class Poison:
    """What is wrong with an article, and the name of the stage that finds out."""

    kind: Kind
    stage: str

    @property
    def mark(self) -> str:
        """What a handler recognises a healable article by, in its title."""
        return f"[{self.kind} by {self.stage}]"


def poison_of(title: str) -> Poison | None:
    """What is wrong with the article of this title; None for nothing."""
    found = _MARK.search(title)
    if found is None:
        return None
    kind: Kind = "refused" if found[1] == "refused" else "killer"
    return Poison(kind, found[2])


def stream_of(poison: Poison) -> Stream:
    """The stream in which an unreadable entry lies."""
    return ARTICLES_CRAWLED if poison.stage == ENRICHMENT.name else ARTICLES_ENRICHED


def unreadable(poison: Poison, number: int, fetch_id: str) -> Mapping[str, str]:
    """The fields of an entry that its stage cannot read; what they say beside the payload is right."""
    if poison.stage == ENRICHMENT.name:
        fields = encode(an_article(number, fetch_id=fetch_id))
    else:
        fields = encode(an_enriched_article(number, fetch_id=fetch_id))
    if poison.kind == "type":
        return {**fields, "type": "ArticleIndexed"}
    payload = fields["payload"]
    if poison.kind == "cut":
        return {**fields, "payload": payload[: 2 * len(payload) // 3]}
    event = json.loads(payload)
    del event.get("article", event)["title"]
    return {**fields, "payload": json.dumps(event)}
