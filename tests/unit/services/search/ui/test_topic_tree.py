from services.search.ui.topic_tree import as_tree, parents
from shared.article_store.query import Bucket
from tests.builders import a_stored_article, a_topic, an_enrichment


def buckets(*values):
    return tuple(Bucket(value, value, 1) for value in values)


def test_what_is_above_a_topic_is_read_from_the_paths_of_articles():
    topic = a_topic("topic:c", "C").model_copy(update={"path": ("topic:a", "topic:b", "topic:c")})

    above = parents([a_stored_article(1, an_enrichment(topics=(topic,)))])

    assert above == {"topic:a": (), "topic:b": ("topic:a",), "topic:c": ("topic:b", "topic:a")}


def test_a_topic_follows_the_nearest_one_above_it_that_is_counted():
    above = {"c": ("b", "a"), "d": ("a",)}

    tree = as_tree(buckets("c", "x", "a", "d"), above)

    assert [(bucket.value, depth) for bucket, depth in tree] == [("x", 0), ("a", 0), ("c", 1), ("d", 1)]


def test_paths_that_contradict_each_other_lose_no_topic():
    tree = as_tree(buckets("a", "b"), {"a": ("b",), "b": ("a",)})

    assert sorted(bucket.value for bucket, _ in tree) == ["a", "b"]
