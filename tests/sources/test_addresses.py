"""Where a source may live, in every notation, through redirects and lying name servers."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FetchError
from bot.sources.addresses import Exemptions, is_public, literal, read_exemptions, refusal
from bot.sources.fetch import Fetched, Fetcher, GuardedResolver
from tests.source_host import SourceHost, feed, redirect, rss

PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
BLOCKS = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    *("::/3", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:10::/28", "2001:20::/28"),
    *("2001:db8::/32", "2002::/16", "3fff::/20", "4000::/2", "8000::/1", "fc00::/7", "fe80::/10", "ff00::/8"),
]
"""Private, shared, loopback, link-local, multicast, reserved, translated, tunnelled, documentation."""
NEIGHBOURS = [
    *("1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"),
    *("128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0"),
    *("192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0"),
    *("223.255.255.255", "2001:200::", "2001:db7:ffff::", "2001:db9::", "2003::"),
]
NOTATIONS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "localhost",
    "LOCALHOST.",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[fe80::1%25eth0]",
    "127。0。0。1",
    "１２７.0.0.1",
    "①②⑦.0.0.1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_off_the_public_internet_are_refused(address: str) -> None:
    """Private, local, mapped, translated, documentation, multicast, reserved."""
    assert refusal(Exemptions(), "a.example", address, 80) is not None


@pytest.mark.parametrize("block", BLOCKS)
def test_a_refused_block_is_refused_from_end_to_end(block: str) -> None:
    """Its first, its last and one in the middle, whichever name they were found by."""
    network = ip_network(block)
    first, last = int(network.network_address), int(network.broadcast_address)
    for number in (first, (first + last) // 2, last):
        address = ip_address(number) if network.version == 4 or number >= 2**32 else f"::{number:x}"
        assert "not a public address" in (refusal(Exemptions(), "a.example", str(address), 443) or "")


@pytest.mark.parametrize("address", NEIGHBOURS)
def test_what_lies_beside_a_refused_block_is_public(address: str) -> None:
    """A block that is taken too wide would silence sources."""
    assert refusal(Exemptions(), "a.example", address, 443) is None


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001::1"])
def test_public_addresses_are_fine_on_web_ports(address: str) -> None:
    """80 and 443, no other."""
    assert refusal(Exemptions(), "a.example", address, 443) is None
    assert "only 80 and 443" in (refusal(Exemptions(), "a.example", address, 8080) or "")


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_no_better_for_being_mapped(address: object) -> None:
    """No IPv6 form of an IPv4 address is ever public."""
    for form in (f"::ffff:{address}", f"::{address}", f"64:ff9b::{address}"):
        found = literal(form)
        assert found is not None
        assert not is_public(found)


@pytest.mark.parametrize("written", NOTATIONS)
async def test_no_notation_of_this_machine_gets_through(written: str) -> None:
    """Numbers in every base, full-width digits, mapped addresses, the machine's own names."""
    async with SourceHost() as host, Fetcher() as fetcher:
        for address in (f"http://{written}:{host.port}/", f"http://{written}/"):
            with pytest.raises(FetchError):
                await fetcher.fetch(address)
        assert host.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "gopher://a.example/",
        "http:///x",
        "http://user:secret@a.example/",
        "http://a.example:0/",
        "http://a.example:99999/",
        "http://[::1/",
        "not an address",
        "",
        "http://" + "a" * 5000 + "/",
        "http://a..example/",
        "http://\x00/",
    ],
)
async def test_what_is_no_web_address_is_refused_in_words(address: str) -> None:
    """FetchError, and no password in it."""
    async with Fetcher() as fetcher:
        with pytest.raises(FetchError) as caught:
            await fetcher.fetch(address)
    assert "secret" not in str(caught.value)


async def test_a_name_that_leads_home_is_refused_before_a_byte_is_sent() -> None:
    """The guard judges what the name resolves to."""

    async def lead_home(host: str, port: int) -> list[str]:
        return ["127.0.0.1", "::1"]

    async with SourceHost() as host, Fetcher(lookup=lead_home) as fetcher:
        with pytest.raises(FetchError, match="not a public address"):
            await fetcher.fetch(f"http://outlet.example:{host.port}/")
        assert host.asked == []


async def test_each_redirect_is_judged_again() -> None:
    """An allowed host cannot send us to one that is not."""
    async with SourceHost() as public, SourceHost("127.0.0.2") as secret:
        async with Fetcher(read_exemptions(["127.0.0.1"])) as fetcher:
            url = public.answer("/feed", redirect(secret.url("/")))
            with pytest.raises(FetchError, match=r"127\.0\.0\.2"):
                await fetcher.fetch(url)
        assert secret.asked == []


async def test_a_name_that_flips_gains_nothing() -> None:
    """A thousand answers, every other one a machine that is not to be reached: it hears nothing."""
    turns = count()

    async def flip(host: str, port: int) -> list[str]:
        return ["127.0.0.2" if next(turns) % 2 else "127.0.0.1"]

    async with SourceHost("127.0.0.1") as allowed, SourceHost("127.0.0.2", allowed.port) as secret:
        allowed.answer("/", feed(rss()))
        async with Fetcher(read_exemptions(["127.0.0.1"]), lookup=flip) as fetcher:
            answers = 0
            for turn in range(1_000):
                try:
                    answers += isinstance(
                        await fetcher.fetch(f"http://n{turn}.example:{allowed.port}/"), Fetched
                    )
                except FetchError:
                    continue
        assert (answers, len(allowed.asked), len(secret.asked)) == (500, 500, 0)


async def test_only_the_public_ones_of_a_names_addresses_are_handed_on() -> None:
    """A network that adds a translated address beside the real one still works."""

    async def both(host: str, port: int) -> list[str]:
        return ["64:ff9b::5db8:d822", "10.0.0.1", "93.184.216.34"]

    found = await GuardedResolver(Exemptions(), both).resolve("outlet.example", 443)
    assert [one["host"] for one in found] == ["93.184.216.34"]


def test_exemptions_are_hosts_or_networks() -> None:
    """An exempt host is free in address and port, by name, by address or by network."""
    exempt = read_exemptions(["Feeds.Intern.", "10.0.0.0/8", "[::1]", " ", "192.168.7.7"])
    assert refusal(exempt, "feeds.intern", "192.168.1.1", 8080) is None
    assert refusal(exempt, "FEEDS.intern.", "127.0.0.1", 80) is None
    assert refusal(exempt, "other.example", "10.9.9.9", 9000) is None
    assert refusal(exempt, "::1", "::1", 9000) is None
    assert refusal(exempt, "other.example", "192.168.7.8", 80) is not None
    assert refusal(exempt, "other.example", "93.184.216.34", 9000) is not None


async def test_an_exempt_name_is_asked_at_any_port() -> None:
    """What ALLOW_PRIVATE_HOSTS is for."""
    async with SourceHost() as host, Fetcher(read_exemptions(["localhost"])) as fetcher:
        host.answer("/feed", feed(rss()))
        assert isinstance(await fetcher.fetch(host.url("/feed", "localhost")), Fetched)


def test_what_cannot_be_read_as_an_address_is_refused() -> None:
    """A resolver that answers nonsense."""
    assert "can be checked" in (refusal(Exemptions(), "a.example", "nonsense", 80) or "")
