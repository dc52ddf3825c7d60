"""What extraction says of a page."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.articles import Access, Publication, Quality, Right


@dataclass(frozen=True)
class Extraction:
    """The article on a page, or what there is instead; `quality.drop_reason` tells which.

    Attributes:
        title: "" where the page has none.
        text: paragraphs separated by line breaks; "" where none was found.
        authors: names of persons, distinct, in the order of the page.
        published: None where the page itself says nothing usable.
        updated_at: in UTC.
        image_url: absolute.
        language_hint: ISO 639-1 code that the page declares for itself.
        declared_canonical: canonical spelling of the URL that the page declares as its own.
        noindex: the page asks not to be indexed.
    """

    title: str
    text: str
    authors: tuple[str, ...]
    published: Publication | None
    updated_at: datetime | None
    site_name: str | None
    description: str | None
    image_url: str | None
    section: str | None
    tags: tuple[str, ...]
    language_hint: str | None
    declared_canonical: str | None
    access: Access
    rights: tuple[Right, ...]
    noindex: bool
    quality: Quality
