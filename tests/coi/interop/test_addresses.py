"""What may be spoken to, when somebody else names the address (SEC-19)."""

import socket

import pytest

from coi.interop.addresses import Allowed, NotReached, addresses_of, look_up, read_target

PUBLIC = "93.184.215.14"
PLAIN = Allowed()

UNREADABLE = [
    "",
    "lims.example.org",
    "//lims.example.org/",
    "ftp://lims.example.org/",
    "file:///etc/passwd",
    "gopher://lims.example.org/",
    "http://lims.example.org/",
    "https:lims.example.org",
    "https:///hook",
    "https://",
    "https://[::1",
    "https://[fe80::1%25eth0]/",
    "https://[example.org]/",
    "https://lims.example.org:443:443/",
    "https://lims.example.org:99999/",
    "https://lims.example.org:22/",
    "https://lims.example.org:80/",
    "https://user@lims.example.org/",
    "https://lims.example.org@127.0.0.1/",
    "https://127.0.0.1@lims.example.org/",
    "https://lims.example.org\\@127.0.0.1/",
    "https://lims.example.org#@127.0.0.1/",
    "https://lims.example.org/#part",
    "https://lims.example.org /",
    " https://lims.example.org/",
    "https://lims.example.org/\r\nx-header: 1",
    "https://lims.exam\tple.org/",
    "https://lims.example.org\x00/",
    "https://lims.example.org./",
    "https://localhost./",
    "https://lims..example.org/",
    "https://-lims.example.org/",
    "https://lims_1.example.org/",
    "https://%6c%6fcalhost/",
    "https://bücher.example/",
    "https://\uff4cocalhost/",
    "https://①②⑦.0.0.1/",
    "https://127。0。0。1/",
    "https://lims.example.org/<script>",
    'https://lims.example.org/"',
    "https://" + "a" * 64 + ".example.org/",
    "https://lims.example.org/" + "a" * 500,
]
"""What is no URL that all programs read alike, or not one of those that are spoken to."""

NUMBERS = [
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.1",
    "127.0.1",
    "0",
    "0x",
    "127.0.0.0x1",
    "1.2.3.4.5",
    "256.1.1.1",
    "127.0.0.01",
    "0127.0.0.1",
    "lims.example.1",
    "1",
]
"""What some programs read as an address, and others as a name."""

INSIDE = [
    "127.0.0.1",
    "127.255.255.254",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "203.0.113.9",
    "::1",
    "fc00::1",
    "fd12:3456::1",
    "2001:db8::1",
    "100::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "::7f00:1",
    "4000::1",
]
"""What is private; the operator can allow it."""

NEVER = [
    "0.0.0.0",  # noqa: S104 - nobody listens there
    "169.254.169.254",
    "169.254.1.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "fe80::1",
    "ff02::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fd00:c1::a9fe:a9fe",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
]
"""What nobody can allow."""


def to(*addresses):
    """A resolver that gives these addresses."""
    return lambda _host, _port: addresses


@pytest.mark.parametrize("url", UNREADABLE)
def test_what_is_no_plain_url_is_refused(url):
    """Each in words; nothing is resolved."""
    with pytest.raises(NotReached):
        read_target(url, PLAIN)


@pytest.mark.parametrize("host", NUMBERS)
def test_a_number_that_could_be_an_address_is_refused(host):
    """Decimal, octal, hexadecimal and short forms are one program's name and another's address."""
    with pytest.raises(NotReached, match="four numbers"):
        read_target(f"https://{host}/", PLAIN)


@pytest.mark.parametrize("url", ["https://xn--bcher-kva.example/", "HTTPS://LIMS.Example.org:8443"])
def test_a_name_is_read_in_its_one_spelling(url):
    """Names of other letters are written in punycode; capitals make no other host."""
    target = read_target(url, PLAIN)

    assert target.host == target.host.lower()
    assert addresses_of(target, PLAIN, to(PUBLIC)) == (PUBLIC,)


@pytest.mark.parametrize("address", INSIDE + NEVER)
def test_what_is_not_public_is_not_reached(address):
    """Neither as it is written, nor behind a name."""
    literal = f"https://[{address}]/" if ":" in address else f"https://{address}/"

    with pytest.raises(NotReached, match="not public"):
        addresses_of(read_target(literal, PLAIN), PLAIN)
    with pytest.raises(NotReached, match="not public"):
        addresses_of(read_target("https://x.example/", PLAIN), PLAIN, to(address))


@pytest.mark.parametrize("address", INSIDE)
def test_what_the_operator_allows_by_name_is_reached(address):
    """The name is what is allowed, at any port; other names that lead there are refused."""
    allowed = Allowed.of(["lims.house"])

    found = addresses_of(read_target("https://lims.house:9000/", allowed), allowed, to(address))

    assert found == (address,)
    with pytest.raises(NotReached):
        addresses_of(read_target("https://other.house/", allowed), allowed, to(address))


@pytest.mark.parametrize("address", NEVER)
def test_what_nobody_can_allow_is_refused_behind_an_allowed_name_too(address):
    """A name of the house that leads to a cloud's metadata is not reached."""
    allowed = Allowed.of(["lims.house", "0.0.0.0/0", "::/0"])

    with pytest.raises(NotReached):
        addresses_of(read_target("https://lims.house/", allowed), allowed, to(address))


def test_a_network_can_be_allowed():
    """Whatever its hosts are called; other networks stay closed."""
    allowed = Allowed.of(["10.1.0.0/16", "fd12::/32", "192.168.7.7"])

    for address in ("10.1.2.3", "fd12::1", "192.168.7.7", "::ffff:10.1.2.3"):
        assert addresses_of(read_target("https://a.house/", allowed), allowed, to(address))
    for address in ("10.2.0.1", "fd13::1", "192.168.7.8"):
        with pytest.raises(NotReached):
            addresses_of(read_target("https://a.house/", allowed), allowed, to(address))


def test_one_bad_address_among_good_ones_is_enough():
    """A name that leads to a public and to a private address is refused whole."""
    with pytest.raises(NotReached):
        addresses_of(read_target("https://x.example/", PLAIN), PLAIN, to(PUBLIC, "127.0.0.1"))


@pytest.mark.parametrize("found", [(), ("not an address",), ("fe80::1%eth0",)])
def test_a_name_that_leads_nowhere_is_refused(found):
    """So is what a resolver should not say."""
    with pytest.raises(NotReached):
        addresses_of(read_target("https://x.example/", PLAIN), PLAIN, to(*found))


def test_a_name_that_is_not_found_is_refused(monkeypatch):
    """In words, and not with an error of the network."""

    def fails(*_asked, **_more):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", fails)

    with pytest.raises(NotReached, match="not found"):
        addresses_of(read_target("https://x.example/", PLAIN), PLAIN)


def test_this_machine_is_known_and_not_reached():
    """The machine's own resolver leads to addresses that are refused."""
    assert set(look_up("localhost", 443)) & {"127.0.0.1", "::1"}
    with pytest.raises(NotReached):
        addresses_of(read_target("https://localhost/", PLAIN), PLAIN)


def test_without_encryption_only_named_hosts_are_spoken_to():
    """A setting names them; all others stay at HTTPS."""
    allowed = Allowed.of([], ["printer.house"])

    target = read_target("http://printer.house:8080/x?y=1", allowed)

    assert (target.port, target.path) == (8080, "/x?y=1")
    assert addresses_of(target, allowed, to("10.0.0.9")) == ("10.0.0.9",)
    with pytest.raises(NotReached, match="not encrypted"):
        read_target("http://other.house/", allowed)
