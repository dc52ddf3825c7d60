from pathlib import Path

import pytest
from pydantic import Field

from shared.errors import ConfigurationError
from shared.settings import BusSettings, HttpSettings, Settings, StoreSettings, environment_for, load


def test_settings_come_from_the_variables_that_bear_their_names():
    environment = {"REDIS_URL": "redis://broker:6379/0", "NEWSWEIR_KEY_PREFIX": "team:"}

    settings = load(BusSettings, environment)

    assert settings == BusSettings(redis_url="redis://broker:6379/0", key_prefix="team:")


def test_an_empty_variable_counts_as_not_set():
    assert load(BusSettings, {"REDIS_URL": ""}).redis_url is None


def test_a_value_that_does_not_fit_is_an_error_that_names_the_variable():
    with pytest.raises(ConfigurationError, match=r"NEWSWEIR_HTTP_PORT.*'high'"):
        load(HttpSettings, {"NEWSWEIR_HTTP_PORT": "high"})


def test_a_list_is_separated_by_commas():
    class Listing(Settings):
        waits_s: tuple[int, ...] = Field(default=())

    assert load(Listing, {"NEWSWEIR_WAITS_S": "1, 2,3"}).waits_s == (1, 2, 3)


def test_the_data_folder_follows_the_xdg_standard(monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere")

    assert load(StoreSettings, {}).data_dir == Path("/somewhere/newsweir")


def test_a_child_inherits_the_environment_but_for_what_is_set(monkeypatch):
    monkeypatch.setenv("ELASTICSEARCH_URL", "http://old:9200")
    monkeypatch.setenv("KEPT", "yes")

    environment = environment_for({"elasticsearch_url": None, "http_port": 9000})

    assert "ELASTICSEARCH_URL" not in environment
    assert environment["NEWSWEIR_HTTP_PORT"] == "9000"
    assert environment["KEPT"] == "yes"
