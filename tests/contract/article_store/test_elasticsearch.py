"""What only the store that is scaled out promises: many writers, rebuild behind an alias, absence told apart."""

import asyncio
from pathlib import Path

import pytest
from elasticsearch import AsyncElasticsearch
from elasticsearch.helpers import async_scan

from shared.article_store.document import StoredArticle, revision_of
from shared.article_store.elasticsearch import past
from shared.article_store.elasticsearch.connection import connect
from shared.article_store.elasticsearch.fact_mapping import fact_index_name
from shared.article_store.elasticsearch.layout import Generation, index_of, month_of
from shared.article_store.elasticsearch.mapping import alias, definition, fingerprint, placed, to_document
from shared.article_store.elasticsearch.places import Places
from shared.article_store.elasticsearch.story_mapping import story_alias
from shared.article_store.fact_query import FactQuery
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.past import Past, plan
from shared.article_store.query import ArticleQuery, FacetFilter
from shared.article_store.stories import story_of
from shared.article_store.words import terms
from shared.errors import ConfigurationError, DependencyUnavailable, PermanentFailure
from shared.settings import StoreSettings
from tests.builders import (
    REVISION,
    a_quote,
    a_relation,
    a_stored_article,
    a_story_changed,
    a_withdrawal,
    an_article,
    an_enrichment,
)
from tests.contract.article_store.stores import opened
from tests.fakes import FakeClock

ABSENT = "http://127.0.0.1:9"


def index_name(settings: StoreSettings) -> str:
    """The index that this program has the first article in."""
    month = month_of(a_stored_article(1).article.first_seen_at)
    return index_of(settings.index_prefix, Generation(name=fingerprint()), month)


async def put_into_an_older_index(settings: StoreSettings, *articles) -> str:
    """Articles in an index that an older program made behind the alias; its name."""
    older = f"{alias(settings.index_prefix)}-{'0' * 12}"
    made = definition()
    made["mappings"]["_meta"] = {"fingerprint": "0" * 12}
    async with connect(settings) as client:
        await client.indices.create(index=older, aliases={alias(settings.index_prefix): {}}, **made)
        for stored in articles:
            await client.index(
                index=older,
                id=stored.article_id,
                document=to_document(stored),
                version=stored.version,
                version_type="external_gte",
                refresh=True,
            )
    return older


async def forget_the_months(settings: StoreSettings) -> None:
    """Leave what a program before months would have: revisions, withdrawals, stories and facts, no articles."""
    async with AsyncElasticsearch(settings.elasticsearch_url) as client:
        for index in await client.indices.get_alias(name=alias(settings.index_prefix)):
            await client.indices.delete(index=index)
        async for found in async_scan(client, index=past.alias(settings.index_prefix)):
            if found["_source"]["kind"] in ("home", "layout"):
                await client.delete(index=found["_index"], id=found["_id"])


async def written_behind_its_back(settings: StoreSettings, stored: StoredArticle) -> None:
    """What a put writes, without the look before it and after it."""
    clock, client = FakeClock(), connect(settings)
    places = Places(client, clock, settings.index_prefix, fingerprint())
    planned = {stored.article_id: plan(Past(), [revision_of(stored)])}
    await past.carry_out(client, clock, settings.index_prefix, planned)
    homes = await places.claim({stored.article_id: month_of(stored.article.first_seen_at)})
    found = await places.find([stored.article_id], [])
    await places.write(found.layout, homes, [placed(stored)])
    await client.indices.refresh(index=alias(settings.index_prefix))
    await client.close()


@pytest.mark.elasticsearch
async def test_an_index_of_another_mapping_is_copied_with_its_versions(elasticsearch_settings: StoreSettings):
    articles = [a_stored_article(number) for number in range(1, 6)]
    older = await put_into_an_older_index(elasticsearch_settings, *articles)

    async with opened(elasticsearch_settings) as store:
        assert await store.put(a_stored_article(1, revision=1)) == ["stale"]
        assert await store.titles(sort="oldest") == [stored.article.title for stored in articles]
        assert await store.reader.get(articles[0].article_id) == articles[0]

    async with AsyncElasticsearch(elasticsearch_settings.elasticsearch_url) as client:
        assert not await client.indices.exists(index=older)
        behind = await client.indices.get_alias(name=alias(elasticsearch_settings.index_prefix))
    assert list(behind) == [index_name(elasticsearch_settings)]


@pytest.mark.elasticsearch
async def test_a_new_mapping_leaves_revisions_and_withdrawals_as_they_are(elasticsearch_settings: StoreSettings):
    async with opened(elasticsearch_settings) as store:
        await store.put(a_stored_article(1, text="Old."), a_stored_article(2))
        await store.put(a_stored_article(1, text="New.", revision=REVISION + 9))
        await store.withdraw(a_withdrawal(2, reason="retired"), a_withdrawal(3, hard=True))
        articles = [await store.reader.get(an_article(number).article_id) for number in (1, 2)]
        revisions = await store.reader.revisions(an_article(1).article_id)
    await forget_the_months(elasticsearch_settings)
    await put_into_an_older_index(elasticsearch_settings, *articles)

    async with opened(elasticsearch_settings) as store:
        assert await store.reader.revisions(an_article(1).article_id) == revisions
        assert await store.titles(filters=(FacetFilter("edited", ("true",)),)) == ["Council discusses matter 1"]
        assert await store.put(a_stored_article(2), a_stored_article(3)) == ["unchanged", "stale"]
        assert (await store.search()).total.value == 1


@pytest.mark.elasticsearch
async def test_what_was_put_before_revisions_were_kept_counts_as_the_first(elasticsearch_settings: StoreSettings):
    await put_into_an_older_index(elasticsearch_settings, a_stored_article(1, text="Old."))

    async with opened(elasticsearch_settings) as store:
        await store.put(a_stored_article(1, text="New.", revision=REVISION + 9))

        found = await store.reader.revisions(an_article(1).article_id)
        assert [revision.text for revision in found] == ["Old.", "New."]


@pytest.mark.elasticsearch
async def test_a_tombstone_outlives_what_elasticsearch_remembers_of_a_deletion(elasticsearch_settings: StoreSettings):
    """By itself it forgets a deleted document's version after index.gc_deletes, and an older write comes back."""
    async with opened(elasticsearch_settings) as store:
        async with AsyncElasticsearch(elasticsearch_settings.elasticsearch_url) as client:
            await store.put(a_stored_article(1))
            name = index_name(elasticsearch_settings)
            await client.indices.put_settings(index=name, settings={"index.gc_deletes": "0s"})
        await store.withdraw(a_withdrawal(1, hard=True))
        await store.put(a_stored_article(2))

        assert await store.put(a_stored_article(1)) == ["stale"]

        assert await store.reader.get(an_article(1).article_id) is None


@pytest.mark.elasticsearch
async def test_a_put_that_had_looked_before_a_deletion_is_undone_by_its_own_last_look(
    elasticsearch_settings: StoreSettings,
):
    """As by a writer that was held up between its look and its write for longer than a deletion is remembered."""
    async with opened(elasticsearch_settings) as store:
        await store.withdraw(a_withdrawal(1, hard=True))
        await written_behind_its_back(elasticsearch_settings, a_stored_article(1))

        assert await store.put(a_stored_article(1)) == ["stale"]

        assert await store.reader.get(an_article(1).article_id) is None
        assert await store.reader.revisions(an_article(1).article_id) == ()


async def all_facts(store) -> list[str]:
    """The ids of all facts that are there."""
    await store.put()
    return sorted(fact.fact_id for fact in (await store.reader.facts(FactQuery(hidden=True))).facts)


@pytest.mark.elasticsearch
async def test_a_put_that_was_killed_before_it_came_to_the_facts_is_made_good_by_the_redelivery(
    elasticsearch_settings: StoreSettings,
):
    before = a_stored_article(1, an_enrichment(relations=(a_relation(),), quotes=(a_quote(), a_quote())))
    after = a_stored_article(1, an_enrichment(quotes=(a_quote(),)), revision=REVISION + 9, text="Another.")
    async with opened(elasticsearch_settings) as store:
        await store.put(before)
        await written_behind_its_back(elasticsearch_settings, after)

        assert await store.put(after) == ["unchanged"]

        assert await all_facts(store) == [f"{after.article_id}:quote:0"]


@pytest.mark.elasticsearch
async def test_a_deletion_that_was_killed_before_it_came_to_the_facts_is_made_good_by_the_redelivery(
    elasticsearch_settings: StoreSettings,
):
    article = a_stored_article(1, an_enrichment(quotes=(a_quote(),)))
    async with opened(elasticsearch_settings) as store:
        await store.put(article)
        async with AsyncElasticsearch(elasticsearch_settings.elasticsearch_url) as client:
            await client.delete(index=alias(elasticsearch_settings.index_prefix), id=article.article_id)

        assert await store.withdraw(a_withdrawal(1, hard=True)) == ["unknown"]

        assert await all_facts(store) == []


@pytest.mark.elasticsearch
async def test_an_index_from_before_facts_were_kept_is_given_those_of_its_articles(
    elasticsearch_settings: StoreSettings,
):
    article = a_stored_article(1, an_enrichment(relations=(a_relation(),)))
    async with opened(elasticsearch_settings) as store:
        await store.put(article)
        async with AsyncElasticsearch(elasticsearch_settings.elasticsearch_url) as client:
            await client.indices.delete(index=fact_index_name(elasticsearch_settings.index_prefix))

    async with opened(elasticsearch_settings) as store:
        assert await all_facts(store) == [f"{article.article_id}:relation:0"]


@pytest.mark.elasticsearch
async def test_stories_that_a_new_index_refuses_stay_in_the_older_one(elasticsearch_settings: StoreSettings):
    prefix = elasticsearch_settings.index_prefix
    story = story_of(a_story_changed(1, 2, size=10**20))
    lenient = {"dynamic": False, "properties": {"content": {"type": "object", "enabled": False}}}
    async with AsyncElasticsearch(elasticsearch_settings.elasticsearch_url) as client:
        older = f"{story_alias(prefix)}-older"
        await client.indices.create(index=older, aliases={story_alias(prefix): {}}, mappings=lenient)
        content = {"content": story.model_dump(mode="json")}
        await client.index(index=older, id=story.story_id, document=content, refresh=True)

        with pytest.raises(PermanentFailure, match=f"refuses {story.story_id}"):
            await open_writer(elasticsearch_settings, FakeClock())

        assert list(await client.indices.get_alias(name=story_alias(prefix))) == [older]


@pytest.mark.elasticsearch
async def test_many_writers_at_once_lose_no_revision_and_count_all(elasticsearch_settings: StoreSettings):
    async with opened(elasticsearch_settings) as store, opened(elasticsearch_settings) as other:
        states = [a_stored_article(1, revision=REVISION + n, text=f"State {n}.") for n in range(12)]
        await asyncio.gather(*((store, other)[n % 2].writer.put([state]) for n, state in enumerate(states)))

        kept = await store.reader.get(an_article(1).article_id)
        found = await store.reader.revisions(an_article(1).article_id)

    assert [revision.text for revision in found] == [state.article.text for state in states]
    assert kept is not None
    assert (kept.article.text, kept.standing.revisions) == ("State 11.", 12)


@pytest.mark.elasticsearch
async def test_two_writers_that_put_an_article_first_at_once_see_each_others_revision(
    elasticsearch_settings: StoreSettings,
):
    """Nothing of what is new is refreshed by who puts it, unless another one was first."""
    async with opened(elasticsearch_settings) as store, opened(elasticsearch_settings) as other:
        for start in range(0, 40, 10):
            numbers = range(start, start + 10)
            await asyncio.gather(
                store.writer.put([a_stored_article(n, revision=REVISION + 1, text="First.") for n in numbers]),
                other.writer.put([a_stored_article(n, revision=REVISION + 2, text="Second.") for n in numbers]),
            )

        found = await store.reader.get_many([an_article(n).article_id for n in range(40)])

    assert {stored.standing.revisions for stored in found.values()} == {2}


@pytest.mark.elasticsearch
async def test_writers_wait_while_an_index_takes_no_writes(elasticsearch_settings: StoreSettings):
    """As Elasticsearch makes it where a disk is nearly full, and an operator for a snapshot."""
    async with opened(elasticsearch_settings) as store:
        await store.put(a_stored_article(1))
        name = index_name(elasticsearch_settings)
        async with AsyncElasticsearch(elasticsearch_settings.elasticsearch_url) as client:
            await client.indices.put_settings(index=name, settings={"index.blocks.write": True})

            with pytest.raises(DependencyUnavailable, match="cannot be written now"):
                await store.writer.put([a_stored_article(1)])

            await client.indices.put_settings(index=name, settings={"index.blocks.write": False})
        assert await store.put(a_stored_article(1)) == ["unchanged"]


@pytest.mark.elasticsearch
async def test_a_reader_refuses_an_index_of_another_mapping(elasticsearch_settings: StoreSettings):
    await put_into_an_older_index(elasticsearch_settings)
    reader = await open_reader(elasticsearch_settings, FakeClock())

    with pytest.raises(DependencyUnavailable, match="another mapping"):
        await reader.search(ArticleQuery())

    await reader.close()


@pytest.mark.elasticsearch
async def test_before_the_first_writer_a_reader_finds_nothing(elasticsearch_settings: StoreSettings):
    reader = await open_reader(elasticsearch_settings, FakeClock())

    assert (await reader.search(ArticleQuery())).total.value == 0
    assert await reader.get(an_article(1).article_id) is None
    assert await reader.revisions(an_article(1).article_id) == ()
    await reader.check()

    await reader.close()


@pytest.mark.elasticsearch
async def test_of_two_writers_at_once_the_newer_version_wins(elasticsearch_settings: StoreSettings):
    async with opened(elasticsearch_settings) as store, opened(elasticsearch_settings) as other:
        await asyncio.gather(
            *(writer.writer.put([a_stored_article(1, revision=REVISION + number)]) for number in range(20)
              for writer in (store, other))
        )  # fmt: skip

        kept = await store.reader.get(an_article(1).article_id)

    assert kept is not None
    assert kept.article.revision == REVISION + 19


@pytest.mark.elasticsearch
async def test_indices_that_were_removed_under_a_writer_are_not_silently_replaced(
    elasticsearch_settings: StoreSettings,
):
    async with opened(elasticsearch_settings) as store:
        await store.put(a_stored_article(1))
        async with AsyncElasticsearch(elasticsearch_settings.elasticsearch_url) as client:
            for index in await client.indices.get(index=f"{elasticsearch_settings.index_prefix}-*"):
                await client.indices.delete(index=index)

        with pytest.raises(DependencyUnavailable):
            await store.writer.put([a_stored_article(1)])
        with pytest.raises(DependencyUnavailable):
            await store.writer.check()


async def test_an_absent_server_is_unavailable_and_the_setting_is_named(tmp_path: Path):
    settings = StoreSettings(data_dir=tmp_path, elasticsearch_url=ABSENT)
    reader = await open_reader(settings, FakeClock())

    for asked in (
        reader.check(),
        reader.search(ArticleQuery()),
        reader.get("0" * 64),
        open_writer(settings, FakeClock()),
    ):
        with pytest.raises(DependencyUnavailable, match="ELASTICSEARCH_URL"):
            await asked

    await reader.close()


async def test_a_url_without_a_port_is_a_matter_of_configuration(tmp_path: Path):
    settings = StoreSettings(data_dir=tmp_path, elasticsearch_url="http://localhost")

    with pytest.raises(ConfigurationError, match="ELASTICSEARCH_URL"):
        await open_reader(settings, FakeClock())


async def test_no_password_appears_in_a_failure(tmp_path: Path):
    settings = StoreSettings(data_dir=tmp_path, elasticsearch_url="http://elastic:hunter2@127.0.0.1:9")
    reader = await open_reader(settings, FakeClock())

    with pytest.raises(DependencyUnavailable) as failure:
        await reader.check()

    assert "hunter2" not in str(failure.value)
    await reader.close()


@pytest.mark.elasticsearch
async def test_its_words_are_those_that_highlights_are_found_by(elasticsearch_settings: StoreSettings):
    reader = await open_reader(elasticsearch_settings, FakeClock())
    texts = [
        "Don't the U.S.A. Apple’s investments GPT-3.5 generous running café 3,500.50 a_b x:y Über Straße R&D 5G",
        "中国电池制造商 AI는 삼성전자가 กินน้ำ スマートフォン 人型ロボット 5月",
        "naïve; e-mail, C++ C# .NET #tag @name 100% $3.5bn €12m 1990s mid-2026 (and) [or] “quoted” ‘single’ end.",
    ]

    for text in texts:
        assert await reader.analyse(text) == terms(text)

    await reader.close()
