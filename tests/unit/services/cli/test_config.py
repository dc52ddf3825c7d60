"""What `newsweir config` shows and refuses."""

import json
import re

import pytest

from services.cli import config
from services.cli.settings_groups import settings_groups
from services.crawler.settings import CrawlerSettings
from services.enrichment.settings import EnrichmentSettings
from shared.errors import ConfigurationError
from shared.settings import HttpSettings, Settings, StoreSettings, allowed, is_secret, load, variable_of


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
    assert allowed(StoreSettings, "elasticsearch_url") == "an address that begins with http:// or https://"
    assert allowed(StoreSettings, "elasticsearch_ca_file") == "text"


def wrong_value(group: type[Settings], name: str) -> str | None:
    """What does not fit a setting; None where anything does."""
    schema = group.model_json_schema()["properties"][name]
    parts = [part for part in schema.get("anyOf", [schema]) if part.get("type") != "null"]
    if parts[0].get("type") in ("integer", "number", "boolean"):
        return "many"
    if "enum" in parts[0] or "pattern" in parts[0]:
        return "% nonsense"
    return "x" * (parts[0]["maxLength"] + 1) if "maxLength" in parts[0] else None


EVERY = [(group, name) for group in settings_groups() for name in group.model_fields]
BOUNDED = [(group, name) for group, name in EVERY if wrong_value(group, name)]


@pytest.mark.parametrize(("group", "name"), BOUNDED, ids=lambda given: given if isinstance(given, str) else None)
def test_a_wrong_setting_is_named_with_its_value_and_with_what_is_allowed(group: type[Settings], name: str):
    wrong = wrong_value(group, name)

    with pytest.raises(ConfigurationError) as raised:
        load(group, {variable_of(name): wrong})

    said = str(raised.value)
    assert variable_of(name) in said
    assert repr(wrong) in said
    assert allowed(group, name) in said
    assert "^" not in said


def test_what_takes_any_value_is_text_or_a_list_alone():
    assert len(BOUNDED) > 60
    assert {allowed(group, name).split(",")[0] for group, name in EVERY if (group, name) not in BOUNDED} == {
        "text", "a list",
    }  # fmt: skip


def test_whatever_is_called_a_secret_is_one():
    """A new setting that holds a key has to say so."""
    telling = re.compile(r"(_key|password|token|secret|headers)$")

    named = {name for group, name in EVERY if telling.search(name)}

    assert {name for group, name in EVERY if is_secret(group.model_fields[name])} == named


@pytest.mark.parametrize("origin", ["variable", "file", "mounted"])
def test_no_secret_is_shown_wherever_it_was_set_and_in_whatever_form(monkeypatch, capsys, tmp_path, origin: str):
    secret = "hunter2hunter2"
    given = {name: secret for group, name in EVERY if is_secret(group.model_fields[name])}
    urls = {name for _, name in EVERY if name.endswith(("_url", "_endpoint"))}
    given |= dict.fromkeys(urls, f"https://me:{secret}@host.example:9/v1?api_key={secret}")
    given["redis_url"] = f"rediss+sentinel://me:{secret}@one:26379,two:26379/main"
    given["contact"] = f"https://me:{secret}@site.example/about"
    (tmp_path / "settings.toml").write_text("".join(f"{name} = {json.dumps(text)}\n" for name, text in given.items()))
    if origin == "file":
        monkeypatch.setenv("NEWSWEIR_CONFIG_FILE", str(tmp_path / "settings.toml"))
    for name, text in given.items() if origin != "file" else ():
        (tmp_path / name).write_text(text)
        if origin == "mounted":
            monkeypatch.setenv(f"{variable_of(name)}_FILE", str(tmp_path / name))
        else:
            monkeypatch.setenv(variable_of(name), text)

    status = config.show(as_json=True, changed=True)
    config.show(as_json=False, changed=False)
    config.check()

    said = capsys.readouterr()
    shown_lines = said.out.splitlines()[: len(given)]
    assert status == 0
    assert {json.loads(line)["variable"] for line in shown_lines} == {variable_of(name) for name in given}
    assert all("***" in line for line in shown_lines)
    assert secret not in said.out + said.err


def test_a_wrong_secret_is_not_said_either(monkeypatch, capsys):
    secret = "hunter2hunter2"
    monkeypatch.setenv("ELASTICSEARCH_URL", f"store://me:{secret}@store:9200")
    monkeypatch.setenv("NEWSWEIR_KIBANA_URL", f"kibana://me:{secret}@host?token={secret}")

    assert config.check() == 1

    said = capsys.readouterr().err
    assert "ELASTICSEARCH_URL" in said
    assert "NEWSWEIR_KIBANA_URL" in said
    assert secret not in said


def test_a_variable_that_is_no_setting_is_named_with_the_one_that_is_meant(monkeypatch, capsys):
    monkeypatch.setenv("NEWSWEIR_HOST_DELAY", "2")

    assert config.check() == 1

    assert "there is no setting NEWSWEIR_HOST_DELAY; is NEWSWEIR_HOST_DELAY_S meant?" in capsys.readouterr().err


def test_variables_that_others_set_or_that_name_files_are_none_of_our_business(monkeypatch):
    # As Kubernetes names a Service called newsweir-search to every pod.
    monkeypatch.setenv("NEWSWEIR_SEARCH_SERVICE_HOST", "10.0.0.7")
    monkeypatch.setenv("NEWSWEIR_SEARCH_PORT_80_TCP", "tcp://10.0.0.7:80")
    monkeypatch.setenv("NEWSWEIR_EVAL_DIR", "/eval")
    monkeypatch.setenv("NEWSWEIR_SMTP_PASSWORD_FILE", __file__)

    assert config.check() == 0
