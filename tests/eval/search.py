"""Measures relevance on Cranfield: python -m tests.eval.search [--dir DIR]; nDCG@10 and MAP of each store.

Each document is an article, each question is asked as people write it, for any of its words. A document that is judged
relevant counts 1, whatever its grade. Elasticsearch is measured where --elasticsearch names one. Beside the stores
stands plain BM25 on Tantivy: title and text in one field, lower case, no stemming. Where the extra is installed, the
neighbours by its model alone and fused with the words are measured, too. Exits 1 when a store is below the floor with
any of the words asked for, or fused below that.
"""

import argparse
import asyncio
import gzip
import math
import re
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import tantivy

from services.search.finding.catalogue import Catalogue
from shared.article_store.document import StoredArticle
from shared.article_store.query import ArticleQuery, Match, Mode, NearestQuery, Words
from shared.embeddings.built_in import SentenceModel, open_sentence_model
from shared.embeddings.protocol import article_text
from shared.events.embedding import Embedding
from shared.settings import StoreSettings
from tests.builders import a_stored_article
from tests.contract.article_store.stores import opened, visible
from tests.indices import removed_afterwards

FOLDER = "search"
_DEPTH = 200
_NDCG_DEPTH = 10
_NDCG_FLOOR = 0.40
WAYS: tuple[tuple[str, Mode, Match], ...] = (
    ("any", "words", "any"),
    ("most", "words", "most"),
    ("hybrid", "hybrid", "any"),
    ("hybrid, all", "hybrid", "all"),
)


@dataclass(frozen=True)
class Cranfield:
    """Documents as (title, text) by number, questions by number, and the relevant documents of each question."""

    documents: dict[str, tuple[str, str]]
    questions: dict[str, str]
    relevant: dict[str, set[str]]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.eval.search", description="Measure relevance.")
    parser.add_argument("--dir", type=Path, default=Path("../shared/eval"), help="folder of the evaluation sets")
    parser.add_argument("--elasticsearch", metavar="URL", help="measure the store there, too")
    given = parser.parse_args(arguments)
    folder = given.dir / FOLDER
    if not folder.is_dir():
        sys.stdout.write(f"skipped: there is no {folder}\n")
        return 0
    collection = read(folder)
    sys.stdout.write("store          asked for   nDCG@10  even   odd    MAP\n")
    report(collection, "plain BM25", "any", plain(collection))
    reached = []
    embedder = asyncio.run(Remembering.of(collection)) if find_spec("onnxruntime") else None
    for url in dict.fromkeys((None, given.elasticsearch)):
        answers = asyncio.run(ask(collection, url, embedder))
        gains = {m: report(collection, "elasticsearch" if url else "tantivy", m, r) for m, r in answers.items()}
        reached.append(gains["any"] >= _NDCG_FLOOR and gains.get("hybrid", 1.0) >= gains["any"])
    if not all(reached):
        sys.stderr.write(f"below the floor: nDCG@10 of {_NDCG_FLOOR} for any of the words, and no less when fused\n")
        return 1
    return 0


class Remembering:
    """An Embedder that knows the vectors of a collection."""

    def __init__(self, model: SentenceModel, known: Mapping[str, Embedding]) -> None:
        self._known = known
        self.model, self.languages, self.least_cosine = model.model, model.languages, model.least_cosine

    @classmethod
    async def of(cls, collection: Cranfield) -> "Remembering":
        model = open_sentence_model()
        articles = [article_text(title, None, text) for title, text in collection.documents.values()]
        texts = [*articles, *collection.questions.values()]
        started = time.process_time()
        vectors = await model.articles(texts)
        took_ms = (time.process_time() - started) * 1000 / len(texts)
        sys.stdout.write(f"{len(texts)} vectors by {model.model}, {took_ms:.1f} ms of the processor each\n")
        return cls(model, dict(zip(texts, vectors, strict=True)))

    async def articles(self, texts: Sequence[str]) -> list[Embedding]:
        return [self._known[text] for text in texts]

    async def question(self, text: str) -> Embedding:
        return self._known[text]


def report(collection: Cranfield, name: str, match: str, ranked: Mapping[str, Sequence[str]]) -> float:
    """Print a line of figures, also of the questions with even numbers and with odd ones; nDCG@10."""
    gains = {n: ndcg(ranked[n], collection.relevant[n]) for n in ranked}
    even, odd = (mean([one for n, one in gains.items() if int(n) % 2 == rest]) for rest in (0, 1))
    gain = mean([*gains.values()])
    average = mean([average_precision(ranked[n], collection.relevant[n]) for n in ranked])
    sys.stdout.write(f"{name:<14} {match:<11} {gain:.3f}    {even:.3f}  {odd:.3f}  {average:.3f}\n")
    return gain


def plain(collection: Cranfield) -> dict[str, list[str]]:
    """The documents that each question finds by BM25 alone, best first."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("number", stored=True, tokenizer_name="raw")
    builder.add_text_field("words")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer()
    for number, (title, text) in collection.documents.items():
        writer.add_document(tantivy.Document(number=number, words=f"{title} {text}"))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    found = {}
    for number, question in collection.questions.items():
        words = [tantivy.Query.term_query(schema, "words", word) for word in re.findall(r"\w+", question.lower())]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, word) for word in words])
        hits = searcher.search(query, limit=_DEPTH, count=False).hits
        found[number] = [str(searcher.doc(address).get_first("number")) for _, address in hits]
    return found


def read(folder: Path) -> Cranfield:
    """The collection; in the judgements, questions are numbered by their place."""
    documents = {}
    with gzip.open(folder / "cran.all.1400.xml.gz", "rt") as file:
        for found in re.findall(r"<doc>(.*?)</doc>", file.read(), re.DOTALL):
            number, title, text = (_element(found, name) for name in ("docno", "title", "text"))
            documents[number] = (title, text)
    asked = re.findall(r"<top>(.*?)</top>", (folder / "cran.qry.xml").read_text(), re.DOTALL)
    relevant: dict[str, set[str]] = {}
    for line in (folder / "cranqrel.trec.txt").read_text().splitlines():
        question, _, document, grade = line.split()
        if int(grade) > 0:
            relevant.setdefault(question, set()).add(document)
    questions = {str(place): _element(found, "title") for place, found in enumerate(asked, start=1)}
    return Cranfield(documents, {n: text for n, text in questions.items() if n in relevant}, relevant)


def _element(text: str, name: str) -> str:
    match = re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
    return " ".join(match[1].split()) if match else ""


async def ask(collection: Cranfield, url: str | None, embedder: Remembering | None) -> dict[str, dict[str, list[str]]]:
    """The documents that each question finds, best first, for each way to ask."""
    prefix = f"eval-{uuid.uuid4().hex[:12]}"
    with tempfile.TemporaryDirectory() as folder:
        settings = StoreSettings(data_dir=Path(folder), elasticsearch_url=url, index_prefix=prefix)
        async with removed_afterwards(url, prefix), opened(settings) as store:
            articles = {
                a.article_id: (number, a)
                for number, (title, text) in collection.documents.items()
                for a in [a_stored_article(int(number), title=title, text=text or title)]
            }
            await store.writer.put([await _with_vector(article, embedder) for _, article in articles.values()])
            await visible(settings, store.clock)
            catalogue = Catalogue(store.reader, time_limit_s=30, embedder=embedder)
            answers: dict[str, dict[str, list[str]]] = {}
            for way, mode, match in WAYS if embedder else WAYS[:2]:
                answers[way] = {}
                for number, text in collection.questions.items():
                    query = ArticleQuery(where=Words(text, match=match), size=_DEPTH, mode=mode)
                    hits = (await catalogue.find(query)).hits
                    answers[way][number] = [articles[hit.stored.article_id][0] for hit in hits]
            if embedder:
                answers["near"] = {}
                for number, text in collection.questions.items():
                    asked = NearestQuery(ArticleQuery(), await embedder.question(text), _DEPTH)
                    near = await store.reader.nearest(asked)
                    answers["near"][number] = [articles[hit.stored.article_id][0] for hit in near]
            return answers


async def _with_vector(article: StoredArticle, embedder: Remembering | None) -> StoredArticle:
    if embedder is None:
        return article
    [vector] = await embedder.articles([article_text(article.article.title, None, article.article.text)])
    return article.model_copy(update={"embedding": vector})


def ndcg(ranked: Sequence[str], relevant: set[str]) -> float:
    """Of the best order of the first ten, how much this one gains; each relevant document counts 1."""
    gained = sum(1 / math.log2(place + 2) for place, one in enumerate(ranked[:_NDCG_DEPTH]) if one in relevant)
    return gained / sum(1 / math.log2(place + 2) for place in range(min(_NDCG_DEPTH, len(relevant))))


def average_precision(ranked: Sequence[str], relevant: set[str]) -> float:
    """The mean of the precision at each relevant document; one that was not found adds nothing."""
    places = [place for place, one in enumerate(ranked, start=1) if one in relevant]
    return sum(rank / place for rank, place in enumerate(places, start=1)) / len(relevant)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
