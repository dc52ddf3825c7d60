import pytest

from shared.article_store.document import Membership, Standing
from shared.article_store.tantivy.source import body_of, source_of_body, whole_source
from tests.builders import NOON, a_stored_article, a_withdrawal

STANDINGS = [
    Standing(),
    Standing(revisions=3, changed_at=NOON, story=Membership(story_id="b" * 16, size=5)),
    Standing(withdrawal=a_withdrawal(reason="retired")),
]


@pytest.mark.parametrize("before", STANDINGS)
@pytest.mark.parametrize("after", STANDINGS)
def test_an_article_in_another_standing_has_the_source_it_would_have_had_from_the_start(before, after):
    text = 'They wrote ,"standing":{} and ended with ,"standing":'
    article = a_stored_article(1, text=text, title='"standing":').model_copy(update={"standing": before})

    body = body_of(whole_source(article))

    assert source_of_body(body, after) == whole_source(article.model_copy(update={"standing": after}))
