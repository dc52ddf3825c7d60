import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tantivy import Index

from shared.article_store.document import Standing, StoredArticle
from shared.article_store.matching import Batch
from shared.article_store.query import AllOf, AnyOf, ArticleQuery, FacetFilter, Not, Words
from shared.article_store.tantivy.building import empty
from shared.article_store.tantivy.queries import matching
from shared.article_store.tantivy.schema import article_id_of, schema, to_document
from tests.builders import NOON, a_stored_article, a_withdrawal, an_enrichment, an_entity
from tests.contract.article_store import questions as questions_of
from tests.properties import examples

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


ODD = [
    "R&D",
    "3.5",
    "3,500",
    "café",
    "Café’s",
    "x-ray",
    "the",
    "of",
    "_",
    "中国电池",
    "电池",
    "ประเทศไทย",
    "x" * 300,
    "-",
    "U.S.",
]
WORDS = ["market", "markets", "Marketing", "bank", "banking", "rate", *ODD]
HOSTS = ["news.example", "www.news.example"]
ORGANIZATIONS = ["org:acme", "org:globex"]


def texts(most: int) -> st.SearchStrategy[str]:
    joined = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", ", ", "/", "\n", " “"])), max_size=most)
    return joined.map(lambda words: "".join(part for word in words for part in word))


@st.composite
def articles(draw: st.DrawFn) -> list[StoredArticle]:
    made = []
    for number in range(draw(st.integers(0, 4))):
        names = draw(st.lists(st.sampled_from(ORGANIZATIONS), unique=True, max_size=2))
        article = a_stored_article(
            number,
            an_enrichment(entities=tuple(an_entity(name, name[4:].title()) for name in names)),
            title=draw(texts(3)),
            text=draw(texts(10)),
            description=draw(st.none() | texts(3)),
            authors=tuple(draw(st.lists(texts(2), max_size=2))),
            url=f"https://{draw(st.sampled_from(HOSTS))}/{number}",
            published_at=draw(questions_of.moments(0, 3)) or NOON,
        )
        withdrawn = draw(st.sampled_from([None, "gone", "retired"]))
        standing = Standing(withdrawal=withdrawn and a_withdrawal(number, reason=withdrawn))
        made.append(article.model_copy(update={"standing": standing}))
    return made


questions = st.builds(
    ArticleQuery,
    where=questions_of.expressions(
        questions_of.leaves(texts(4), ORGANIZATIONS, HOSTS, questions_of.moments(-1, 4)), max_leaves=5
    ),
    filters=st.lists(questions_of.filters_of("organization", ORGANIZATIONS, ["any", "all"]), max_size=1).map(tuple),
    published_from=questions_of.moments(-1, 4),
    published_to=questions_of.moments(-1, 4),
    hidden=st.booleans(),
)


def an_index_of(articles: list[StoredArticle]) -> Index:
    index = empty().articles
    writer = index.writer(15_000_000, 1)
    for stored in articles:
        writer.add_document(to_document(stored))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index


def found_in(index: Index, query: ArticleQuery) -> set[str]:
    searcher = index.searcher()
    hits = searcher.search(matching(schema(), query), limit=10, count=False).hits
    return {article_id_of(searcher.doc(address)) for _, address in hits}


@given(articles=articles(), queries=st.lists(questions, min_size=1, max_size=4))
@settings(max_examples=examples(60), deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_a_batch_finds_what_an_index_of_its_articles_finds(articles, queries):
    batch, index = Batch(articles), an_index_of(articles)

    for query in queries:
        assert batch.found_by(query) == found_in(index, query)


@pytest.mark.parametrize(
    ("text", "phrase", "said"),
    [
        ("The central bank of Japan", "central banks", True),
        ("The bank is central", "central bank", False),
        ("central & bank", "central bank", True),
        (f"central {'x' * 300} bank", "central bank", False),
        ("中国电池公司", "电池公", True),
    ],
)
def test_a_phrase_is_in_a_row_with_nothing_but_signs_between(text, phrase, said):
    article = a_stored_article(1, text=text)

    found = Batch([article]).found_by(ArticleQuery(where=Words(phrase, phrase=True)))

    assert found == ({article.article_id} if said else set())


def test_no_phrase_runs_from_one_field_or_author_into_the_next():
    article = a_stored_article(1, title="Harbour", text="dues rise", authors=("Ada Roe", "Bo Lund"))

    for words in (Words("harbour dues", phrase=True), Words("Roe Bo", phrase=True, field="author")):
        assert Batch([article]).found_by(ArticleQuery(where=words)) == set()


def test_a_phrase_is_looked_for_among_the_articles_of_each_question():
    articles = [a_stored_article(number, text=f"Harbour dues rise in port {number}") for number in range(3)]
    batch = Batch(articles)
    dues = Words("harbour dues", phrase=True)

    first = batch.found_by(ArticleQuery(where=AllOf((dues, Words("1")))))
    others = batch.found_by(ArticleQuery(where=AllOf((Not(Words("1")), AnyOf((dues, Words("absent")))))))

    assert first == {articles[1].article_id}
    assert others == {articles[0].article_id, articles[2].article_id}
