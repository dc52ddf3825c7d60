import pytest

from shared.egress import check, check_url, is_loopback, origin_of
from shared.errors import AddressRefused, InvalidInput


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_public_addresses_may_be_contacted(address):
    check(address, allow_loopback=False)


@pytest.mark.parametrize("address", ["64:ff9b::5db8:d70e", "2002:5db8:d70e::1", "::ffff:93.184.215.14"])
def test_a_public_address_inside_ipv6_may_be_contacted(address):
    check(address, allow_loopback=False)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "192.0.0.8",
        "192.88.99.1", "198.18.0.1", "203.0.113.7", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    ],
)  # fmt: skip
def test_ipv4_addresses_that_are_not_public_are_refused(address):
    with pytest.raises(AddressRefused, match=address):
        check(address, allow_loopback=True)


@pytest.mark.parametrize(
    "address",
    ["::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "5f00::1", "3fff::1", "2001:db8::1", "4000::1"],
)
def test_ipv6_addresses_that_are_not_public_are_refused(address):
    with pytest.raises(AddressRefused):
        check(address, allow_loopback=True)


@pytest.mark.parametrize(
    "address",
    [
        "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:a00:1::",
        "2001:0:a00:1::", "2001:0:5db8:d70e:0:0:f5ff:fffe",
    ],
)  # fmt: skip
def test_a_private_address_inside_ipv6_is_refused(address):
    with pytest.raises(AddressRefused, match="inside IPv6"):
        check(address, allow_loopback=True)


@pytest.mark.parametrize("address", ["64:ff9b:1:7f00:0:100::", "64:ff9b:1:0:7f:0:100:0"])
def test_a_translation_that_cannot_be_unwrapped_is_refused(address):
    with pytest.raises(AddressRefused):
        check(address, allow_loopback=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_contacted_only_where_a_setting_allows_it(address):
    check(address, allow_loopback=True)

    with pytest.raises(AddressRefused, match="loopback"):
        check(address, allow_loopback=False)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_the_refusal_of_loopback_names_the_setting_that_allows_it(address):
    with pytest.raises(AddressRefused, match=r"loopback.*; set NEWSWEIR_ALLOW_LOOPBACK=true"):
        check(address, allow_loopback=False)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "::ffff:10.0.0.1"])
def test_a_refusal_names_the_remedy_that_it_is_given_instead(address):
    with pytest.raises(AddressRefused, match=r"which may not be contacted; name it in SETTING$"):
        check(address, allow_loopback=False, remedy="name it in SETTING")
    with pytest.raises(AddressRefused, match=r"web sites are served on; name it in SETTING$"):
        check_url("http://hooks.example:9000/", allow_loopback=False, remedy="name it in SETTING")


@pytest.mark.parametrize("address", ["10.0.0.1", "::ffff:10.0.0.1"])
def test_the_refusal_of_other_addresses_names_no_way_around_it(address):
    with pytest.raises(AddressRefused, match=r"may not be contacted$"):
        check(address, allow_loopback=False)


def test_what_is_no_address_is_refused():
    with pytest.raises(AddressRefused, match="not an IP address"):
        check("news.example", allow_loopback=True)


@pytest.mark.parametrize("url", ["http://news.example/a", "https://news.example:8443/", "http://news.example:8080/a?b"])
def test_urls_of_web_sites_may_be_requested(url):
    check_url(url, allow_loopback=False)


@pytest.mark.parametrize(
    "url", ["ftp://news.example/", "file:///etc/passwd", "http://me:secret@news.example/", "http://news.example:6379/"]
)
def test_other_schemes_ports_and_credentials_are_refused(url):
    with pytest.raises(AddressRefused) as refusal:
        check_url(url, allow_loopback=False)

    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "host",
    ["127.1", "2130706433", "0x7f000001", "0x", "0177.0.0.1", "127.0.0.1.", "1.2.3.4.5", "256.1.1.1", "news.example.1",
     "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021"],
)  # fmt: skip
def test_a_number_that_is_not_spelled_as_an_address_is_refused(host):
    with pytest.raises(AddressRefused, match="unusual spelling"):
        check_url(f"http://{host}/", allow_loopback=True)


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "[::1]", "1.news.example", "x1.example", "0x1.example", "caf\u00e9.example"]
)
def test_names_with_digits_and_plain_addresses_are_spelled_well(host):
    check_url(f"http://{host}/", allow_loopback=True)


def test_a_site_on_this_machine_chooses_its_port():
    check_url("http://127.0.0.1:8101/feed", allow_loopback=True)


@pytest.mark.parametrize("url", ["http://", "http://[::1/", "http://news.example:port/"])
def test_what_is_no_url_is_invalid(url):
    with pytest.raises(InvalidInput):
        check_url(url, allow_loopback=True)


def test_a_url_on_this_machine_is_told_without_asking_a_resolver():
    here = ["http://127.0.0.1:8100/", "http://[::1]/", "http://localhost/", "http://press.localhost:81/"]
    elsewhere = ["http://news.example/", "http://10.0.0.1/", "http://localhost.example/"]

    assert [is_loopback(url) for url in here] == [True] * 4
    assert [is_loopback(url) for url in elsewhere] == [False] * 3


@pytest.mark.parametrize(
    "url", ["http://LLM.local/v1", "http://llm.local:80/", "http://llm.local/other?path#fragment", "HTTP://llm.local"]
)
def test_urls_of_one_scheme_host_and_port_have_one_origin(url):
    assert origin_of(url) == ("http", "llm.local", 80)


@pytest.mark.parametrize("url", ["https://llm.local/", "http://llm.local:8080/", "http://other.local/"])
def test_another_scheme_port_or_host_is_another_origin(url):
    assert origin_of(url) not in (None, origin_of("http://llm.local/"))


@pytest.mark.parametrize(
    "url", ["ftp://llm.local/", "llm.local", "", "http://", "http://a:b@llm.local/", "http://x:y/"]
)
def test_what_is_no_web_address_has_no_origin(url):
    assert origin_of(url) is None
