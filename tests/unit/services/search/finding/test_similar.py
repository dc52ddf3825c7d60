from services.search.finding.similar import others, resembling
from shared.article_store.bounds import check_bounds
from shared.article_store.query import Hit
from shared.events.enrichment import Keyphrase
from tests.builders import a_stored_article, an_enrichment, an_entity


def test_an_article_is_not_similar_to_itself_nor_to_its_own_text_elsewhere():
    article, other = a_stored_article(1), a_stored_article(2)
    twin = a_stored_article(3, title=article.article.title, text=article.article.text)

    assert others(article, [Hit(article), Hit(twin), Hit(other)], 5) == (Hit(other),)


def test_no_more_are_shown_than_were_asked_for():
    hits = [Hit(a_stored_article(number)) for number in range(2, 9)]

    assert len(others(a_stored_article(1), hits, 3)) == 3


def test_the_question_stays_within_bounds_however_much_an_article_names():
    enrichment = an_enrichment(
        entities=tuple(an_entity(f"org:a{number}", f"A {number}") for number in range(500)),
        keyphrases=tuple(Keyphrase(text=f"phrase {number} " * 20, score=1) for number in range(50)),
    )

    check_bounds(resembling(a_stored_article(1, enrichment, title="word " * 3000), 50))
