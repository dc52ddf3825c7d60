"""Hybrid search over a store whose vectors a server makes: found by meaning as well as by words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from aiohttp import web

from services.search.app import create_app
from services.search.settings import SearchSettings
from shared.article_store.opening import open_reader, open_writer
from shared.embeddings.opening import open_embedder
from shared.events.embedding import Embedding
from shared.settings import EmbeddingSettings, HttpSettings, StoreSettings
from tests.builders import a_stored_article
from tests.fakes_embeddings import an_endpoint, vectors
from tests.integration.search.newsroom import asking
from tests.integration.search.test_pages import Outline, page

pytest.importorskip("numpy")

# The model of this test knows three subjects, by these words.
SUBJECTS = (("layoffs", "jobs", "redundancies"), ("storm", "hurricane"), ("chip", "wafer"))
TEXTS = {
    1: "The carmaker plans layoffs in spring.",
    2: "Thousands of jobs will go at the car company.",
    3: "A hurricane closed the port.",
    4: "The wafer plant opens in May.",
}


def numbers_of(text: str) -> list[float]:
    said = [float(any(word in text.lower() for word in subject)) for subject in SUBJECTS]
    return [*said, *[0.001] * 253]


async def by_subject(texts: list[str]) -> web.Response:
    return vectors(*map(numbers_of, texts))


@asynccontextmanager
async def a_service(folder, clock, answer=by_subject, *, on: bool = True) -> AsyncIterator[httpx.AsyncClient]:
    store = StoreSettings(data_dir=folder)
    writer = await open_writer(store, clock)
    await writer.put(
        [
            a_stored_article(number, text=text, title=f"Matter {number}").model_copy(
                update={"embedding": Embedding.of("small", numbers_of(text))}
            )
            for number, text in TEXTS.items()
        ]
    )
    await writer.close()
    async with an_endpoint(answer) as fake:
        settings = EmbeddingSettings(
            embeddings="endpoint" if on else "off",
            embeddings_url=fake.url,
            embeddings_model="small",
            embeddings_least_cosine=0.5,
        )
        async with open_embedder(settings) as embedder:
            reader = await open_reader(store, clock)
            app = create_app(reader, store, HttpSettings(), SearchSettings(), clock, embedder=embedder)
            async with asking(app) as client:
                yield client
            await reader.close()


async def test_what_means_the_same_in_other_words_is_found_besides_and_the_total_counts_the_words(tmp_path, clock):
    async with a_service(tmp_path, clock) as client:
        words = (await client.get("/v1/articles?q=layoffs")).json()
        hybrid = (await client.get("/v1/articles?q=layoffs&mode=hybrid")).json()

    assert [article["title"] for article in words["articles"]] == ["Matter 1"]
    assert [article["title"] for article in hybrid["articles"]] == ["Matter 1", "Matter 2"]
    assert hybrid["total"] == words["total"] == {"value": 1, "relation": "eq"}
    assert hybrid["query"]["mode"] == "hybrid"
    assert hybrid["facets"] == words["facets"] or set(hybrid["facets"]) == set(words["facets"])


async def test_links_keep_the_mode_and_the_next_page_goes_on(tmp_path, clock):
    async with a_service(tmp_path, clock) as client:
        first = (await client.get("/v1/articles?q=layoffs&mode=hybrid&size=1")).json()
        second = (await client.get(first["next"])).json()

    assert "mode=hybrid" in first["next"]
    assert [article["title"] for article in (*first["articles"], *second["articles"])] == ["Matter 1", "Matter 2"]
    assert second["next"] is None


async def test_the_page_lets_choose_and_says_what_is_mixed_in(tmp_path, clock):
    async with a_service(tmp_path, clock) as client:
        words = await page(client, "/?q=layoffs")
        hybrid = await page(client, "/?q=layoffs&mode=hybrid")
        nothing = await page(client, "/?q=redundancies")

    assert "Matter 2" not in words
    assert "/?q=layoffs&mode=hybrid" in Outline(words).links
    assert "Matter 2" in hybrid
    assert "is mixed in" in hybrid
    assert "/?q=layoffs" in Outline(hybrid).links
    assert "Nothing matches" in nothing
    assert Outline(nothing).links.count("/?q=redundancies&mode=hybrid") == 2


async def test_the_page_offers_no_choice_where_no_vectors_are_made(tmp_path, clock):
    async with a_service(tmp_path, clock, on=False) as client:
        html = await page(client, "/?q=layoffs")

    assert "mode=hybrid" not in html
    assert 'class="modes"' not in html


async def test_filters_hold_for_neighbours_too(tmp_path, clock):
    async with a_service(tmp_path, clock) as client:
        answer = (await client.get("/v1/articles?q=layoffs -thousands&mode=hybrid")).json()

    assert [article["title"] for article in answer["articles"]] == ["Matter 1"]


async def test_where_no_vectors_are_made_the_mode_is_refused_with_the_setting_to_change(tmp_path, clock):
    async with a_service(tmp_path, clock, on=False) as client:
        refused = await client.get("/v1/articles?q=layoffs&mode=hybrid")
        by_time = await client.get("/v1/articles?q=layoffs&mode=hybrid&sort=newest")

    assert refused.status_code == 400
    assert "NEWSWEIR_EMBEDDINGS" in refused.json()["detail"]
    assert by_time.status_code == 200


async def test_a_model_that_is_away_is_said_to_be(tmp_path, clock):
    async def away(texts):
        return web.json_response({"error": "loading"}, status=503)

    async with a_service(tmp_path, clock, away) as client:
        answer = await client.get("/v1/articles?q=layoffs&mode=hybrid")
        words = await client.get("/v1/articles?q=layoffs")

    assert answer.status_code == 503
    assert "mode=hybrid" in answer.json()["detail"]
    assert words.status_code == 200
