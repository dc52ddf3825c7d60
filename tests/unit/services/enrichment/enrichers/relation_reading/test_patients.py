import pytest

from services.enrichment.enrichers.relation_reading.patients import patient_of


@pytest.mark.parametrize(
    ("words", "verb", "patient"),
    [
        ("@ was bought by @", 2, 0),
        ("@ , bought by @", 2, 0),
        ("a stake in @ was bought by @", 5, 3),
        ("half of @ was bought by @", 4, 2),
        ("talks were held by @", 2, None),
    ],
)
def test_a_passive_is_said_of_its_subject_or_of_what_a_part_is_of(words, verb, patient):
    assert patient_of(words.split(), verb) == patient
