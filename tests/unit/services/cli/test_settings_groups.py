"""Every group of settings is known to whoever shows them."""

import pkgutil
import re

import pytest

import services
from services.cli.settings_groups import MODULES, owner_of, refuse_unknown_in_file, settings_groups
from services.crawler.settings import CrawlerSettings
from shared.errors import ConfigurationError
from shared.settings import BusSettings, allowed


def test_no_module_of_settings_is_forgotten():
    found = {m.name for m in pkgutil.walk_packages(services.__path__, "services.") if m.name.endswith(".settings")}

    assert found | {"shared.settings"} == set(MODULES)


def test_no_two_groups_share_a_name():
    names = [name for group in settings_groups() for name in group.model_fields]

    assert len(names) == len(set(names))


def test_a_group_belongs_to_its_service_or_to_all():
    assert (owner_of(CrawlerSettings), owner_of(BusSettings)) == ("crawler", "all")


def test_a_slip_in_the_file_of_settings_is_no_silent_default(tmp_path, monkeypatch):
    file = tmp_path / "newsweir.toml"
    file.write_text("host_dealy_s = 5.0\n")
    monkeypatch.setenv("NEWSWEIR_CONFIG_FILE", str(file))

    with pytest.raises(ConfigurationError, match="host_delay_s"):
        refuse_unknown_in_file()


def test_no_group_can_be_changed_once_it_is_read_or_takes_what_it_does_not_know():
    assert {group.model_config.get("frozen") for group in settings_groups()} == {True}
    assert {group.model_config.get("extra") for group in settings_groups()} == {"forbid"}


def test_whatever_is_measured_says_in_what():
    """Seconds, bytes and days by their ending; what is counted, by what is counted."""
    units = re.compile(
        r"_(s|days|hours?|bytes|mb|characters|tokens|share|cosine|port|"
        r"events|attempts|workers|concurrency|answers|per_(look|host|source|day|minute)|outbox_limit)$"
    )
    numbers = [name for group in settings_groups() for name in group.model_fields if "number" in allowed(group, name)]

    assert len(numbers) > 35
    assert [name for name in numbers if not units.search(name)] == []
