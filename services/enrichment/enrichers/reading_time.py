"""How long a person needs to read an article."""

import math
import re

from services.enrichment.article_text import ArticleText, by_character
from services.enrichment.knowledge_base.knowledge import Knowledge
from shared.events.enrichment import Enrichment

# Silent reading of English non-fiction, from the meta-analysis of Brysbaert (2019): 238 words a minute.
_WORDS_PER_S = 238 / 60
# Chinese and Japanese are read by the character, at about 260 a minute (Brysbaert 2019, Chinese studies).
_CHARACTERS_PER_S = 260 / 60
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_SAME = bytes(range(256))
_NEITHER_LETTER_NOR_SPACE = bytes(code for code in range(128) if not (chr(code).isalpha() or chr(code).isspace()))


def reading_time_s(article: ArticleText, found: Enrichment, knowledge: Knowledge) -> int:
    """Seconds to read title and text, rounded up; 0 for an article without words."""
    whole, characters = f"{article.title}\n{article.text}", 0
    if article.headline.has_cjk or article.body.has_cjk:
        whole, characters = _CJK.subn(" ", whole)
    # A word has a letter: of what has none nothing is left.
    letters = by_character(
        whole,
        _SAME,
        lambda character: character if character.isalpha() or character.isspace() else "",
        article.headline.foreign | article.body.foreign,
        without=_NEITHER_LETTER_NOR_SPACE,
    )
    words = len(letters.split())
    return math.ceil(round(words / _WORDS_PER_S + characters / _CHARACTERS_PER_S, 6))
