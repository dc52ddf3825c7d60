"""The pages of the evaluation sets, with what is true of them."""

import gzip
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BENCHMARK = Path("extraction") / "article-extraction-benchmark.tar"
WCXB = Path("extraction") / "wcxb-dev-articles.tar"
# One page of WCXB comes without its address.
_NOWHERE = "https://nowhere.example/page"


@dataclass(frozen=True)
class Page:
    """A page and its gold; title, author and day (YYYY-MM-DD) are None where the set does not say.

    Attributes:
        held_out: one of the half that no rule was chosen on.
    """

    body: bytes
    url: str
    text: str
    held_out: bool
    title: str | None = None
    author: str | None = None
    day: str | None = None


def benchmark(archive: Path) -> list[Page]:
    """The article extraction benchmark: news, text only."""
    return [
        Page(body, url, text, held_out=bool(number % 2)) for number, (body, url, text) in enumerate(read_pages(archive))
    ]


def read_pages(archive: Path) -> Iterator[tuple[bytes, str, str]]:
    """Body, URL and true text of each page of the article extraction benchmark."""
    with tarfile.open(archive) as tar:
        members = _members(tar)
        truth = json.loads(_content(tar, members["ground-truth.json"]))
        for name, page in truth.items():
            yield gzip.decompress(_content(tar, members[f"{name}.html.gz"])), page["url"], page["articleBody"]


def wcxb(archive: Path) -> list[Page]:
    """The article pages of WCXB that have a text: guides, blogs and news, with metadata."""
    with tarfile.open(archive) as tar:
        members = _members(tar)
        names = sorted(name.removesuffix(".json") for name in members if name.endswith(".json"))
        pages = [_wcxb_page(tar, members, name, held_out=bool(number % 2)) for number, name in enumerate(names)]
    return [page for page in pages if page.text.strip()]


def _wcxb_page(tar: tarfile.TarFile, members: dict[str, tarfile.TarInfo], name: str, *, held_out: bool) -> Page:
    page = json.loads(_content(tar, members[f"{name}.json"]))
    gold = page["ground_truth"]
    return Page(
        body=gzip.decompress(_content(tar, members[f"{name}.html.gz"])),
        url=page.get("url") or _NOWHERE,
        text=gold.get("main_content") or "",
        held_out=held_out,
        title=gold["title"],
        author=gold["author"],
        day=gold["publish_date"],
    )


def _members(tar: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    return {Path(member.name).name: member for member in tar if member.isfile()}


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    assert file is not None
    return file.read()
