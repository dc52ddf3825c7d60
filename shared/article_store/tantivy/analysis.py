"""How the text of Tantivy's indexes comes to its terms: beforehand, by `words`, which remembers those of most words.

Tantivy would read every text anew with a regular expression and a stemmer: five sixths of what it takes to index an
article. So a field is given its terms with blanks between, and is cut there.
"""

from collections.abc import Collection
from functools import cache

import tantivy

from shared.article_store.tantivy import exact
from shared.article_store.words import lines

TERMS_BETWEEN_BLANKS = "terms_between_blanks"
# Raise it when the same text would be given to Tantivy otherwise, though neither field nor pattern changed.
ANALYSIS_VERSION = 1


def prepare(index: tantivy.Index) -> tantivy.Index:
    """Register what the fields of an opened index ask for by name."""
    index.register_tokenizer(TERMS_BETWEEN_BLANKS, _at_blanks())
    return exact.prepare(index)


def analysed(texts: Collection[str]) -> list[str]:
    """Each of some texts that were spread as its terms, in order, blanks between them."""
    pieces = [text.split() for text in texts]
    found = lines(set().union(*pieces))
    return [" ".join([found[piece] for piece in of_text]) for of_text in pieces]


@cache
def _at_blanks() -> tantivy.TextAnalyzer:
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
