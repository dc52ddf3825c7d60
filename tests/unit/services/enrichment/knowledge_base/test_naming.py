import pytest

from services.enrichment.knowledge_base.naming import (
    brand,
    frequent_words,
    host,
    host_label,
    short_names,
    without_legal_form,
)


@pytest.mark.parametrize(
    ("legal", "name"),
    [
        ("Zentro Holding N.V.", "Zentro Holding"),
        ("Quxa Inc.", "Quxa"),
        ("Bao Lan Technology Co.,Ltd", "Bao Lan Technology"),
        ("The Quxa Foundry Ltd", "Quxa Foundry"),
        ("Nordlys AB Class B", "Nordlys"),
        ("Müller Maschinen AG", "Müller Maschinen"),
    ],
)
def test_a_legal_form_is_taken_off(legal, name):
    assert without_legal_form(legal) == name


def test_the_short_name_leaves_out_what_every_group_is_called():
    assert short_names("Zentro Group Holding N.V.", "") == ("Zentro", "Zentro Group Holding")


def test_the_host_tells_how_much_of_a_name_is_the_brand():
    assert brand("Dorada Ports and Special Zones".split(), "https://www.doradaports.com") == ("Dorada Ports",)
    assert brand("Dorada Ports".split(), "https://other.com") == ()


def test_the_label_of_a_host_is_what_its_owner_chose():
    assert host_label("http://www.zen-tro.co.uk") == "zentro"
    assert host("zentro.com/about") == "zentro.com"
    assert host_label("") == ""


def test_a_word_in_many_names_is_frequent():
    assert frequent_words(["Global Zinc", "Global Tin", "Iron"], at_least=2) == {"global"}
