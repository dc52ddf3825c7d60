from services.enrichment.knowledge_base.ambiguity import Ambiguity, read_words

AMBIGUITY = Ambiguity(
    common=frozenset({"target", "who", "solid", "power"}),
    personal=frozenset({"ford"}),
    generic=frozenset({"pacific"}),
)


def test_a_word_of_the_language_is_ordinary_unless_it_is_an_acronym():
    assert AMBIGUITY.is_ordinary_word("Target")
    assert not AMBIGUITY.is_ordinary_word("WHO")
    assert not AMBIGUITY.is_ordinary_word("Zentro")


def test_short_common_personal_and_generic_names_of_companies_are_doubtful():
    doubtful = ("ABC", "Target", "Ford", "Pacific", "Solid Power", "zentro")

    assert all(AMBIGUITY.is_doubtful_company(name) for name in doubtful)
    assert not AMBIGUITY.is_doubtful_company("Zentro")
    assert not AMBIGUITY.is_doubtful_company("Solid Zentro")


def test_a_place_is_doubtful_where_it_is_a_word_or_a_name():
    assert AMBIGUITY.is_doubtful_place("Ford")
    assert not AMBIGUITY.is_doubtful_place("Zentropolis")


def test_a_list_of_words_has_comments(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("# a comment\nOne two\n")

    assert read_words(path) == {"one", "two"}
