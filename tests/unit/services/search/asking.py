"""How tests read a query string: on the day that the tests' articles are published."""

from services.search.parameters.articles import parse as parse_at
from shared.article_store.query import ArticleQuery
from tests.builders import NOON


def parse(query_string: str) -> ArticleQuery:
    return parse_at(query_string, NOON)
