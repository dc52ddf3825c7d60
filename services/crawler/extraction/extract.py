"""From the bytes of a page to its article."""

from dataclasses import asdict
from datetime import datetime

from services.crawler.extraction import dates, head, json_ld, markup, metadata, text
from services.crawler.extraction.outline import Outline
from services.crawler.extraction.quality import quality
from services.crawler.extraction.result import Extraction

__all__ = ["Extraction", "extract"]


def extract(body: bytes, url: str, *, content_type: str | None, fetched_at: datetime) -> Extraction:
    """The article on the page at `url`; a page without one yields what there is, and flags in its quality.

    Args:
        content_type: the header of the answer, with its charset.
        fetched_at: bounds the dates that are believed.

    Raises:
        InvalidInput: this is no HTML at all.
    """
    tree = markup.parse(body, content_type)
    outline = Outline(tree)
    data = json_ld.read(outline, url)
    contents = head.read(outline)
    said = metadata.read(outline, data, contents, url)
    published = dates.published(outline, data, contents, url, fetched_at)
    found = text.read(tree)
    return Extraction(
        **asdict(said),
        text=text.after_headline(found.text, said.title),
        published=published,
        updated_at=dates.updated(outline, data, contents, fetched_at),
        quality=quality(found, data, contents, url, said, published),
    )
