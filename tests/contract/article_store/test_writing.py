"""What becomes of a put: versions decide, first arrival is kept, and every outcome has its name."""

from datetime import timedelta

import pytest

from shared.errors import LimitExceeded
from shared.events.enrichment import Amount, Keyphrase, Money
from tests.builders import REVISION, a_quote, a_relation, a_stored_article, an_article, an_enrichment, an_entity
from tests.contract.article_store.stores import Store, titles

ARTICLE_ID = an_article(1).article_id


async def test_an_empty_store_finds_nothing_and_is_ready(store: Store):
    result = await store.search()

    assert (result.total.value, result.hits, result.next) == (0, (), None)
    await store.reader.check()
    await store.writer.check()


async def test_an_article_that_was_put_is_got_back_as_it_was(store: Store):
    article = a_stored_article(1, an_enrichment(keyphrases=(Keyphrase(text="matter 1", score=0.5),)))

    await store.put(article)

    assert await store.reader.get(ARTICLE_ID) == article


async def test_an_unknown_article_is_none(store: Store):
    await store.put(a_stored_article(1))

    assert await store.reader.get(an_article(2).article_id) is None


async def test_the_first_put_creates_and_a_new_text_updates(store: Store):
    first = await store.put(a_stored_article(1))
    second = await store.put(a_stored_article(1, revision=REVISION + 9, text="The council met again."))

    assert (first, second) == (["created"], ["updated"])
    assert (await store.search()).total.value == 1
    assert await store.titles() == ["Council discusses matter 1"]


async def test_another_enrichment_updates(store: Store):
    await store.put(a_stored_article(1, an_enrichment()))

    results = await store.put(a_stored_article(1, an_enrichment(enrichment_version=2, summary="A council met.")))

    assert results == ["updated"]


async def test_the_same_content_and_enrichment_is_unchanged_but_advances_the_version(store: Store):
    await store.put(a_stored_article(1))

    newer = await store.put(a_stored_article(1, revision=REVISION + 9))
    late = await store.put(a_stored_article(1, revision=REVISION + 5, text="A late middle revision."))

    assert (newer, late) == (["unchanged"], ["stale"])


async def test_an_older_version_never_replaces_a_newer_one(store: Store):
    await store.put(a_stored_article(1, revision=REVISION + 9, title="Newer"))

    results = await store.put(a_stored_article(1, revision=REVISION + 1, title="Older"))

    assert results == ["stale"]
    assert await store.titles() == ["Newer"]


async def test_putting_the_same_version_again_does_no_harm(store: Store):
    await store.put(a_stored_article(1))

    results = await store.put(a_stored_article(1))

    assert results == ["unchanged"]
    assert (await store.search()).total.value == 1


async def test_the_first_arrival_of_an_article_is_kept(store: Store):
    first = a_stored_article(1)
    await store.put(first)

    later = a_stored_article(1, revision=REVISION + 9, title="Later")
    await store.put(later.model_copy(update={"ingested_at": first.ingested_at + timedelta(days=1)}))

    kept = await store.reader.get(ARTICLE_ID)
    assert kept is not None
    assert (kept.article.title, kept.ingested_at) == ("Later", first.ingested_at)


async def test_versions_of_one_article_in_one_batch_are_taken_in_order(store: Store):
    results = await store.put(
        a_stored_article(1, revision=REVISION + 2, title="Second"),
        a_stored_article(1, revision=REVISION + 3, title="Third"),
        a_stored_article(1, revision=REVISION + 1, title="First"),
        a_stored_article(2),
    )

    assert results == ["created", "updated", "stale", "created"]
    assert await store.titles(sort="oldest") == ["Third", "Council discusses matter 2"]


async def test_an_empty_batch_is_fine(store: Store):
    assert await store.put() == []


async def test_outcomes_name_their_articles_in_the_order_given(store: Store):
    outcomes = await store.writer.put([a_stored_article(3), a_stored_article(1), a_stored_article(2)])

    assert [o.article_id for o in outcomes] == [an_article(n).article_id for n in (3, 1, 2)]
    assert all(o.failure is None for o in outcomes)


async def test_an_article_that_moves_in_time_is_found_in_its_new_place_only(store: Store):
    await store.put(a_stored_article(1), a_stored_article(2))

    moved = an_article(5).published
    await store.put(a_stored_article(1, revision=REVISION + 9, published=moved))

    assert titles(await store.search(sort="newest")) == ["Council discusses matter 1", "Council discusses matter 2"]


async def test_enormous_facet_values_are_cut_not_refused(store: Store):
    results = await store.put(a_stored_article(1, authors=("x" * 40_000,), section="s" * 40_000))

    assert results == ["created"]
    assert (await store.search()).total.value == 1


async def test_a_date_beyond_every_calendar_is_kept_and_found(store: Store):
    far = an_article(1).published.at.replace(year=9999)
    await store.put(a_stored_article(1, published_at=far), a_stored_article(2))

    assert await store.titles(sort="newest") == ["Council discusses matter 1", "Council discusses matter 2"]


async def test_several_articles_are_got_in_one_question_and_what_is_not_there_is_left_out(store):
    first, second, absent = (a_stored_article(number) for number in range(3))
    before = await store.reader.get_many([first.article_id])
    await store.put(first, second)

    found = await store.reader.get_many([first.article_id, absent.article_id, second.article_id, first.article_id])

    assert before == {}
    assert found == {first.article_id: first, second.article_id: second}
    assert await store.reader.get_many([]) == {}
    with pytest.raises(LimitExceeded):
        await store.reader.get_many([first.article_id] * 1_001)


async def test_an_outline_is_the_article_without_its_passages(store):
    named = an_enrichment(entities=(an_entity("org:acme", "Acme"),), quotes=(a_quote(),), summary="Acme opens.")
    whole, absent = a_stored_article(1, named), a_stored_article(2)
    await store.put(whole)

    found = await store.reader.outlines([absent.article_id, whole.article_id])

    outlined = named.model_copy(update={"entities": (an_entity("org:acme", "Acme", mentions=()),), "quotes": ()})
    assert {article_id: outline.model_dump() for article_id, outline in found.items()} == {
        whole.article_id: whole.model_copy(update={"enrichment": outlined}).model_dump()
    }
    assert await store.reader.outlines([]) == {}


async def test_an_outline_is_whole_where_its_money_says_what_a_deal_is_worth_in_dollars(store):
    euro = Amount(value=5e6, currency="EUR")
    money = Money(value=5e6, currency="EUR", value_usd=6e6, text="5 million", start=0, end=9)
    whole = a_stored_article(1, an_enrichment(relations=(a_relation(amount=euro),), money=(money,)))
    await store.put(whole)

    assert await store.reader.outlines([whole.article_id]) == {whole.article_id: whole}


async def test_so_many_outlines_are_not_got_in_one_question(store):
    whole = a_stored_article(1)

    with pytest.raises(LimitExceeded):
        await store.reader.outlines([whole.article_id] * 1_001)
