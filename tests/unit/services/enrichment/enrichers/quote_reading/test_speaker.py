import pytest

from services.enrichment.enrichers.quote_reading.speaker import speaker_after_verb, speaker_of_phrase

PHRASES = [
    ("Anna Berg", "Anna Berg", "name"),
    ("President Anna Berg", "Anna Berg", "name"),
    ("Foreign Minister Anna Berg", "Anna Berg", "name"),
    ("Norvik chief executive Anna Berg", "Anna Berg", "name"),
    ("Norvik CEO Anna Berg", "Anna Berg", "name"),
    ("Norvik's Anna Berg", "Anna Berg", "name"),
    ("Ruben de la Torre", "Ruben de la Torre", "name"),
    ("Vorstandschefin Anna Berg", "Anna Berg", "name"),
    ("Mr. Berg", "Berg", "name"),
    ("Norvik", "Norvik", "name"),
    ("the White House", "the White House", "group"),
    ("the Ministry of Finance", "the Ministry of Finance", "group"),
    ("a spokesperson for Norvik", "a spokesperson for Norvik", "group"),
    ("analysts at Norvik", "analysts at Norvik", "group"),
    ("two officials", "two officials", "group"),
    ("one diplomat", "one diplomat", "group"),
    ("she", "she", "he or she"),
    ("the company", "the company", "it"),
    ("they", "they", "pronoun"),
]


@pytest.mark.parametrize(("phrase", "expected", "kind"), PHRASES)
def test_the_speaker_is_a_name_without_its_office_or_a_group_as_it_stands(phrase, expected, kind):
    speaker = speaker_of_phrase(phrase, 0, len(phrase))

    assert speaker is not None
    assert (phrase[speaker.start : speaker.end], speaker.kind) == (expected, kind)


@pytest.mark.parametrize("phrase", ["In a statement", "Asked about the delay", "who led the inquiry", "", " a, b"])
def test_what_is_no_subject_names_no_speaker(phrase):
    assert speaker_of_phrase(phrase, 0, len(phrase)) is None


AFTER_VERB = [
    ("Anna Berg, a farmer.", "Anna Berg"),
    ("Anna Berg on Tuesday.", "Anna Berg"),
    ("fire chief Anna Berg.", "Anna Berg"),
    ("Norvik's chief executive, Anna Berg.", "Anna Berg"),
    ("Dr. Anna Berg, the lead author.", "Anna Berg"),
    ("a Norvik spokeswoman.", "a Norvik spokeswoman"),
    ("a lawyer for the family in court.", "a lawyer for the family"),
    ("analysts at Norvik Bank in a note.", "analysts at Norvik Bank"),
    ("the mayor on Friday.", "the mayor"),
    ("she.", "she"),
]


@pytest.mark.parametrize(("tail", "expected"), AFTER_VERB)
def test_after_its_verb_a_speaker_ends_where_the_rest_of_the_sentence_begins(tail, expected):
    speaker = speaker_after_verb(tail, 0, len(tail))

    assert speaker is not None
    assert tail[speaker.start : speaker.end] == expected
