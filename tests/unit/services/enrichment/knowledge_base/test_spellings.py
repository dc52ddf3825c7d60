from services.enrichment.knowledge_base.spellings import with_plain_spellings, without_accents


def test_accents_are_taken_off_but_other_scripts_stay_whole():
    assert without_accents("Électricité") == "Electricite"
    assert without_accents("삼성") == "삼성"


def test_names_are_also_known_without_accents():
    assert with_plain_spellings(["Telefónica", "BBVA"]) == ("Telefónica", "Telefonica", "BBVA")
