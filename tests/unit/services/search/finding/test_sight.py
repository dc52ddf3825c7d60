from services.search.finding.sight import in_sight
from tests.builders import a_stored_article


class Reader:
    """Sees each answer once, one after the other."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    async def __call__(self, article_ids):
        self.asked.append(list(article_ids))
        return {stored.article_id: stored for stored in self.answers.pop(0)}


STORED = a_stored_article(1)
REVISIONS = {STORED.article_id: STORED.article.revision}


async def test_what_is_seen_at_once_costs_one_question(clock):
    reader = Reader([STORED])

    found = await in_sight(reader, REVISIONS, clock)

    assert found == {STORED.article_id: STORED}
    assert (reader.asked, clock.slept) == ([[STORED.article_id]], [])


async def test_what_the_reader_does_not_see_yet_is_asked_for_again_after_a_moment(clock):
    found = await in_sight(Reader([], [STORED]), REVISIONS, clock)

    assert found == {STORED.article_id: STORED}
    assert clock.slept == [0.15]


async def test_an_older_revision_is_not_the_one_that_was_indexed(clock):
    newer = {STORED.article_id: STORED.article.revision + 1}
    reader = Reader([STORED], [STORED])

    await in_sight(reader, newer, clock)

    assert len(reader.asked) == 2


async def test_what_is_gone_meanwhile_is_left_out(clock):
    assert await in_sight(Reader([], []), REVISIONS, clock) == {}
