import pytest

from services.crawler.settings import CrawlerSettings
from shared.errors import ConfigurationError
from shared.settings import load


def test_ages_are_given_as_a_list_with_commas():
    settings = load(CrawlerSettings, {"NEWSWEIR_ARTICLE_REVISITS_S": "20, 60"})

    assert settings.article_revisits_s == (20.0, 60.0)


@pytest.mark.parametrize("ages", ["60,20", "0,5"])
def test_ages_that_do_not_rise_are_refused(ages):
    with pytest.raises(ConfigurationError, match="NEWSWEIR_ARTICLE_REVISITS_S"):
        load(CrawlerSettings, {"NEWSWEIR_ARTICLE_REVISITS_S": ages})


@pytest.mark.parametrize("contact", ["mailto:desk@weir.example", "https://weir.example/crawler"])
def test_a_contact_is_an_address(contact):
    assert load(CrawlerSettings, {"NEWSWEIR_CONTACT": contact}).contact == contact


@pytest.mark.parametrize("contact", ["two words", "desk\r\nX-Evil: 1"])
def test_a_contact_that_breaks_a_header_is_refused(contact):
    with pytest.raises(ConfigurationError, match="NEWSWEIR_CONTACT"):
        load(CrawlerSettings, {"NEWSWEIR_CONTACT": contact})


def test_nothing_on_this_machine_is_visited_by_default():
    assert load(CrawlerSettings, {}).allow_loopback is False
