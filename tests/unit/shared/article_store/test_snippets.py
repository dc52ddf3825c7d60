from shared.article_store.snippets import shortened


def test_a_text_is_cut_after_a_word():
    assert shortened("one two three", 9) == "one two…"


def test_a_text_without_blanks_is_cut_where_the_limit_is():
    assert shortened("电池工厂明年秋天投产", 4) == "电池工厂…"


def test_a_text_within_the_limit_stays_as_it_is():
    assert shortened("one two", 7) == "one two"
