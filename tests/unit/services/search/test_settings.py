from services.search.settings import SearchSettings
from shared.settings import load


def test_nobody_else_is_let_in_unless_told():
    settings = load(SearchSettings, {})

    assert (settings.allowed_hosts, settings.allow_open_access) == ((), False)


def test_hosts_are_a_list_with_commas():
    settings = load(
        SearchSettings, {"NEWSWEIR_ALLOWED_HOSTS": "news.internal, news", "NEWSWEIR_ALLOW_OPEN_ACCESS": "true"}
    )

    assert (settings.allowed_hosts, settings.allow_open_access) == (("news.internal", "news"), True)
