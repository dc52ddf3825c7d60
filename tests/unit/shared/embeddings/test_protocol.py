from shared.embeddings.protocol import MAX_TEXT_CHARACTERS, article_text


def test_an_article_is_shown_by_title_description_and_text():
    assert article_text("Storm", "Roads are closed.", "It began at night.") == (
        "Storm\nRoads are closed.\nIt began at night."
    )


def test_a_description_that_begins_the_text_is_not_said_twice():
    assert article_text("Storm", "It began at…", "It began at night.") == "Storm\nIt began at night."


def test_what_is_missing_leaves_no_gap():
    assert article_text("", None, "It began at night.") == "It began at night."
    assert article_text("Storm", "It began.", " ") == "Storm\nIt began."


def test_a_book_is_cut_at_its_beginning():
    assert len(article_text("Storm", None, "word " * 10_000)) == MAX_TEXT_CHARACTERS
