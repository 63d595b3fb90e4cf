"""Which addresses may be called, in every spelling that somebody may try."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.addresses import BlockedAddress, Target, is_public, read_target

LOCAL = range(9700, 9800)
PUBLIC = [
    "https://example.com",
    "https://example.com/hook?a=b&c=%20",
    "https://Hooks.Example.COM:8443/",
    "https://xn--bcher-kva.example/hook",
    "https://93.184.216.34/",
    "https://[2606:2800:220:1:248:1893:25c8:1946]/",
    "https://a_b.example.co.uk/hook",
]
HOSTS = [
    *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1"),
    *("017700000001", "127.0.0.1.", "0", "0.0.0.1", "localhost", "localhost.", "a.localhost"),
    *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254", "100.64.0.1"),
    *("100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "192.0.2.1", "203.0.113.9"),
    *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:8.8.8.8]", "[::127.0.0.1]", "[fe80::1]"),
    *("[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[64:ff9b::7f00:1]"),
    *("[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[2001:db8::1]", "[3fff::1]"),
    *(
        "[fe80::1%25eth0]",
        "[::1%lo]",
        "[2606:4700::1%eth0]",
        "metadata",
        "metadata.google.internal",
    ),
    *("printer.local", "1.0.0.127.in-addr.arpa", "intranet", "a..b.com", "-a.com", "a-.com"),
    *("example.com.", "1.2.3", "1.2.3.4.5", "example.0x7f", "example.1", "256.1.1.1", "08.8.8.8"),
    *(
        "127\u30020\u30020\u30021",
        "\uff11\uff12\uff17.0.0.1",
        "\u24d4xample.com",
        "b\xfccher.example",
        "exa mple.com",
        "\u212aiosk.example",
    ),
    *("example.com\\@127.0.0.1", "example.com%2f@a.b", "127.0.0.1%00.example.com", "", "[", "[]"),
]
URLS = [
    *("", "https://", "https:///hook", "//example.com", "example.com", "https:example.com"),
    *("http://example.com", "ftp://example.com", "file:///etc/passwd", "gopher://example.com"),
    *("javascript:alert(1)", "HTTPS//example.com", "https://user@example.com"),
    *("https://user:secret@example.com", "https://@example.com", "https://example.com@127.0.0.1"),
    *("https://example.com#@127.0.0.1", "https://example.com/#part", "https://example.com\n/"),
    *("https://example.com/\r\nHost: a", "https://example.com/\x00", " https://example.com"),
    *("https://example.com:", "https://example.com:0", "https://example.com:22"),
    *("https://example.com:25", "https://example.com:80", "https://example.com:6379"),
    *("https://example.com:65536", "https://example.com:443a", "https://example.com:-1"),
    *("https://example.com/\u212a", "https://example.com/?\u212a"),  # a k, in lower case
    "https://example.com/" + "a" * 2048,
    "https://" + "a." * 130 + "com",
]
LOCAL_REFUSED = [
    *(
        "http://127.0.0.1:9699",
        "http://127.0.0.1:9800",
        "http://127.0.0.1",
        "http://localhost:9700",
    ),
    *("https://127.0.0.1:9700", "http://127.1:9700", "http://2130706433:9700", "http://[::1]:9700"),
    *("http://127.0.0.2:9700", "http://a@127.0.0.1:9700", "http://127.0.0.1:9700#a"),
]


@pytest.mark.parametrize("url", PUBLIC)
def test_public_addresses_may_be_called(url: str) -> None:
    assert read_target(url).scheme == "https"


@pytest.mark.parametrize("host", HOSTS)
def test_what_could_be_read_as_another_address_may_not(host: str) -> None:
    with pytest.raises(BlockedAddress):
        read_target(f"https://{host}/hook", LOCAL)


@pytest.mark.parametrize("url", URLS)
def test_nor_what_is_no_plain_address_by_https(url: str) -> None:
    with pytest.raises(BlockedAddress):
        read_target(url, LOCAL)


@pytest.mark.parametrize("url", LOCAL_REFUSED)
def test_local_runs_may_call_the_loopback_on_their_ports_alone(url: str) -> None:
    assert read_target("http://127.0.0.1:9700/a", LOCAL) == Target("http", "127.0.0.1", 9700, "/a")
    with pytest.raises(BlockedAddress):
        read_target(url, LOCAL)


def test_without_such_ports_there_is_no_exception() -> None:
    with pytest.raises(BlockedAddress):
        read_target("http://127.0.0.1:9700/a")


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=6, network="fc00::/7"))
def test_no_private_address_is_public(address: object) -> None:
    assert not is_public(str(address))


@given(st.ip_addresses(v=4))
def test_an_address_of_ipv4_is_not_public_by_any_wrapping_in_ipv6(address: object) -> None:
    for prefix in ("::ffff:", "::", "64:ff9b::"):
        assert not is_public(f"{prefix}{address}")


@given(st.text(max_size=40))
def test_whatever_is_written_is_judged_and_never_fails(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.com{text}"):
        try:
            target = read_target(url, LOCAL)
        except BlockedAddress:
            continue
        assert target.scheme == "https"
        assert target.port in (443, 8443)
