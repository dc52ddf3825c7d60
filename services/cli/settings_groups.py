"""Every group of settings there is, for whoever shows or checks all of them."""

from importlib import import_module

import shared.settings
from shared.settings import Settings

# One module of settings a service; a test finds what is missing here.
MODULES = (
    "shared.settings",
    "services.crawler.settings",
    "services.enrichment.settings",
    "services.search.settings",
    "services.search.alerts.settings",
    "services.newsroom.settings",
    "services.cli.settings",
)


def settings_groups() -> list[type[Settings]]:
    """Every group of settings, the shared ones first."""
    return [
        value
        for module in map(import_module, MODULES)
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Settings)
        and value is not Settings
        and value.__module__ == module.__name__
    ]


def owner_of(group: type[Settings]) -> str:
    """The service that reads a group, or "all"."""
    return "all" if group.__module__ == shared.settings.__name__ else group.__module__.split(".")[1]


def refuse_unknown_in_file() -> None:
    """Raise ConfigurationError where the file of settings names one that does not exist: a slip would go unnoticed."""
    in_file = shared.settings.read_config_file()
    if in_file:
        known = {name for group in settings_groups() for name in group.model_fields}
        shared.settings.refuse_unknown(list(in_file), known, shared.settings.CONFIG_FILE_VARIABLE)
