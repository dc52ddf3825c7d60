import pytest

from shared.embeddings.wordpieces import WordPieces, open_wordpieces

SMALL = {
    piece: number for number, piece in enumerate(["[UNK]", "[CLS]", "[SEP]", "un", "##afford", "##able", "cafe", "!"])
}


@pytest.fixture(scope="module")
def vocabulary() -> WordPieces:
    return open_wordpieces()


def test_a_word_is_cut_into_the_longest_pieces_there_are():
    assert WordPieces(SMALL).numbers("Unaffordable", 10) == [1, 3, 4, 5, 2]


def test_case_and_accents_do_not_matter_and_signs_stand_alone():
    assert WordPieces(SMALL).numbers("CAFÉ!café", 10) == [1, 6, 7, 6, 2]


def test_a_word_with_a_part_that_no_piece_has_is_unknown_as_a_whole():
    assert WordPieces(SMALL).numbers("unheard cafe", 10) == [1, 0, 6, 2]


def test_a_word_without_end_is_unknown():
    assert WordPieces(SMALL).numbers("un" + "afford" * 100, 10) == [1, 0, 2]


def test_so_many_pieces_are_kept_and_the_marks_are_among_them():
    assert WordPieces(SMALL).numbers("cafe " * 50, 5) == [1, 6, 6, 6, 2]


def test_the_empty_text_has_the_marks_alone():
    assert WordPieces(SMALL).numbers(" \n\u200b", 10) == [1, 2]


# What the reference implementation makes of them (tokenizers 0.23 with bert-base-uncased).
@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("The regulator fined Acme $3.5bn.", [1996, 21618, 16981, 9353, 4168, 1002, 1017, 1012, 1019, 24700, 1012]),
        ("Über naïve Café — “quotes”", [19169, 15743, 7668, 1517, 1523, 16614, 1524]),
        ("中国电池 plant", [1746, 1799, 100, 100, 3269]),
        ("ひらがな 한국어", [1673, 30211, 30177, 30193, 1469, 30006, 30021, 29991, 30014, 30020, 29999, 30008]),
        ("don't R&D\xa0x\ttab", [2123, 1005, 1056, 1054, 1004, 1040, 1060, 21628]),
    ],
)
def test_the_kept_vocabulary_reads_as_the_reference_does(vocabulary, text, numbers):
    assert vocabulary.numbers(text, 512) == [101, *numbers, 102]
