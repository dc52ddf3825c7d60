from shared.article_store.matching import Batch
from shared.article_store.query import ArticleQuery, FacetFilter, Words
from tests.builders import a_stored_article, an_enrichment, an_entity

BATTERY = a_stored_article(1, title="Battery plant opens", text="It makes cells.")
HARBOUR = a_stored_article(2, an_enrichment(entities=(an_entity("org:acme", "Acme"),)), title="Harbour dues rise")


def test_each_query_gets_the_articles_that_it_finds():
    batch = Batch([BATTERY, HARBOUR])

    words = batch.found_by(ArticleQuery(where=Words("battery")))
    facet = batch.found_by(ArticleQuery(filters=(FacetFilter("organization", include=("org:acme",)),)))
    everything = batch.found_by(ArticleQuery())
    nothing = batch.found_by(ArticleQuery(where=Words("cricket")))

    assert (words, facet) == ({BATTERY.article_id}, {HARBOUR.article_id})
    assert (everything, nothing) == ({BATTERY.article_id, HARBOUR.article_id}, set())


def test_a_query_finds_in_each_batch_what_that_batch_holds():
    query = ArticleQuery(where=Words("battery"))

    assert [Batch([article]).found_by(query) for article in (BATTERY, HARBOUR)] == [{BATTERY.article_id}, set()]


def test_a_large_batch_is_found_whole():
    articles = [a_stored_article(number) for number in range(300)]

    assert Batch(articles).found_by(ArticleQuery()) == {article.article_id for article in articles}


def test_of_no_articles_nothing_is_found():
    assert Batch([]).found_by(ArticleQuery()) == set()
