"""What `newsweir config` shows and refuses."""

import json

from services.cli import config
from services.cli.config import allowed
from services.crawler.settings import CrawlerSettings
from services.enrichment.settings import EnrichmentSettings
from shared.settings import HttpSettings, StoreSettings


def shown(capsys):
    return {line["variable"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}


def test_each_setting_is_shown_with_its_value_and_where_that_was_set(monkeypatch, capsys):
    monkeypatch.setenv("NEWSWEIR_HTTP_PORT", "9001")

    status = config.show(as_json=True, changed=False)

    settings = shown(capsys)
    assert status == 0
    assert (settings["NEWSWEIR_HTTP_PORT"]["value"], settings["NEWSWEIR_HTTP_PORT"]["origin"]) == (
        "9001",
        "environment",
    )
    assert settings["NEWSWEIR_HOST_DELAY_S"]["origin"] == "default"


def test_no_password_is_shown(monkeypatch, capsys):
    monkeypatch.setenv("REDIS_URL", "redis://me:secret@broker:6379")

    config.show(as_json=True, changed=True)

    assert shown(capsys)["REDIS_URL"]["value"] == "redis://me:***@broker:6379"


def test_a_list_of_all_is_for_people_too(capsys):
    config.show(as_json=False, changed=False)

    assert "3600.0,21600.0" in capsys.readouterr().out


def test_all_that_does_not_fit_is_said_at_once(monkeypatch, capsys):
    monkeypatch.setenv("NEWSWEIR_HTTP_PORT", "high")
    monkeypatch.setenv("NEWSWEIR_ENRICHMENT_TIER", "best")

    status = config.check()

    said = capsys.readouterr().err
    assert status == 1
    assert "NEWSWEIR_HTTP_PORT" in said
    assert "NEWSWEIR_ENRICHMENT_TIER" in said


def test_settings_that_fit_are_said_to(capsys):
    assert config.check() == 0
    assert "all settings fit" in capsys.readouterr().err


def test_what_is_allowed_is_said_in_words():
    assert allowed(HttpSettings, "http_port") == "a whole number, at least 0, at most 65535"
    assert allowed(EnrichmentSettings, "enrichment_tier") == "fast or full"
    assert allowed(CrawlerSettings, "article_revisits_s") == "a list, separated by commas"
    assert allowed(StoreSettings, "elasticsearch_url") == "text"
