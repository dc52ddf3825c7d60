from pathlib import Path

import pytest
from pydantic import Field

from shared.errors import ConfigurationError
from shared.settings import (
    SECRET,
    BusSettings,
    HttpSettings,
    Settings,
    StoreSettings,
    environment_for,
    load,
    masked,
    read,
    refuse_unknown,
)


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
    monkeypatch.setenv("ELASTICSEARCH_URL_FILE", "/run/secrets/elasticsearch")
    monkeypatch.setenv("KEPT", "yes")

    environment = environment_for({"elasticsearch_url": None, "http_port": 9000})

    assert not [name for name in environment if name.startswith("ELASTICSEARCH_URL")]
    assert environment["NEWSWEIR_HTTP_PORT"] == "9000"
    assert environment["KEPT"] == "yes"


def test_a_mounted_secret_that_is_empty_counts_as_not_set(tmp_path):
    (tmp_path / "secret").write_text("\n")

    settings = load(StoreSettings, {"NEWSWEIR_ELASTICSEARCH_API_KEY_FILE": str(tmp_path / "secret")})

    assert settings.elasticsearch_api_key is None


def test_a_file_of_settings_gives_what_no_variable_says(tmp_path):
    file = tmp_path / "newsweir.toml"
    file.write_text('key_prefix = "file:"\nbreaker_share = 0.9\n')
    environment = {"NEWSWEIR_CONFIG_FILE": str(file), "NEWSWEIR_KEY_PREFIX": "variable:"}

    settings = load(BusSettings, environment)

    assert (settings.key_prefix, settings.breaker_share) == ("variable:", 0.9)


def test_a_secret_may_be_mounted_as_a_file_of_its_own(tmp_path):
    (tmp_path / "redis").write_text("redis://:secret@broker:6379\n")

    settings = load(BusSettings, {"REDIS_URL_FILE": str(tmp_path / "redis")})

    assert settings.redis_url == "redis://:secret@broker:6379"


def test_an_error_names_the_place_and_shows_no_password(tmp_path):
    class Reaching(Settings):
        redis_url: int = Field(default=0)

    with pytest.raises(ConfigurationError) as raised:
        load(Reaching, {"REDIS_URL": "redis://me:secret@broker"})

    assert "redis://me:***@broker" in str(raised.value)
    assert "the environment" in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("content", [None, "key_prefix ="])
def test_a_file_of_settings_that_cannot_be_read_ends_the_start(tmp_path, content):
    file = tmp_path / "newsweir.toml"
    if content is not None:
        file.write_text(content)

    with pytest.raises(ConfigurationError, match=r"NEWSWEIR_CONFIG_FILE=.*newsweir\.toml"):
        load(BusSettings, {"NEWSWEIR_CONFIG_FILE": str(file)})


def test_what_is_given_says_where_it_comes_from(tmp_path):
    file = tmp_path / "newsweir.toml"
    file.write_text('key_prefix = "file:"\n')

    given = read(BusSettings, {"NEWSWEIR_CONFIG_FILE": str(file), "REDIS_URL": "redis://broker"})

    assert given == {"redis_url": ("redis://broker", "environment"), "key_prefix": ("file:", str(file))}


def test_a_name_that_no_setting_has_is_refused_with_the_nearest_one():
    with pytest.raises(ConfigurationError, match=r"no setting key_prefx; is key_prefix meant\?"):
        refuse_unknown(["key_prefx"], {"key_prefix", "redis_url"}, "a file")


def test_a_secret_is_shown_by_a_mask():
    class Locked(Settings):
        token: str | None = Field(default=None, json_schema_extra=SECRET)

    field = Locked.model_fields["token"]

    assert masked(field, "abc") == "***"
    assert masked(field, None) is None
