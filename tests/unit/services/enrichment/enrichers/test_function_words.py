import pytest

from services.enrichment.enrichers.function_words import FUNCTION_WORDS


@pytest.mark.parametrize("language", FUNCTION_WORDS)
def test_little_words_are_lower_case_and_enough_to_part_phrases(language):
    words = FUNCTION_WORDS[language]

    assert len(words) > 80
    assert all(word == word.lower() and " " not in word for word in words)
