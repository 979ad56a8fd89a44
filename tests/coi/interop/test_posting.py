"""One message to one URL: where it goes, and that it ends (SEC-19, F-21)."""

import socket
import ssl
import time
from dataclasses import replace

import pytest

from coi.interop.addresses import Allowed, read_target
from coi.interop.posting import MOST_READ, Message, Way, post
from tests.receiver import a_house, answers_never, receiving, says

HERE = Allowed.of(["lims.example.org", "127.0.0.1"], ["127.0.0.1"])
PATIENT = Way(HERE, ssl.create_default_context(), connect_seconds=20, total_seconds=60)
"""Whoever answers is waited for, however busy the machine is."""

QUICK = replace(PATIENT, total_seconds=0.6)
"""Whoever does not is given up."""

LONG = 30  # seconds: half of the time of whoever is patient


def a_message(url, allowed=HERE):
    """A message to this URL."""
    body = b'{"type":"webhook.test"}'
    headers = {"content-length": str(len(body)), "webhook-id": "evt_1"}
    return Message(read_target(url, allowed), headers, body)


def to(*addresses):
    """A resolver that gives these addresses, one list for each time that it is asked."""
    answers = iter(addresses)
    return lambda _host, _port: next(answers)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """The authority of a house, and a server that has its certificate from it."""
    return a_house(tmp_path_factory.mktemp("house"))


@pytest.fixture
def trusting(house):
    """A way that trusts the authority of the house."""
    tls = ssl.create_default_context(cafile=house[0])
    return replace(PATIENT, tls=tls, resolve=to(["127.0.0.1"]))


def test_a_message_arrives_as_it_was_made():
    """Its body byte for byte, its headers, and the host that was named."""
    with receiving() as receiver:
        answer = post(a_message(receiver.url("/hook?of=north")), PATIENT)

    (got,) = receiver.got
    assert answer.status == 204
    assert got.body == b'{"type":"webhook.test"}'
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert "authorization" not in got.headers


def test_a_name_is_resolved_once_and_kept_for_the_certificate(house, trusting):
    """The connection goes to the address; certificate and Host are asked for by the name."""
    with receiving(tls=house[1]) as receiver:
        answer = post(a_message(receiver.url(host="lims.example.org", scheme="https")), trusting)

    assert answer.status == 204
    assert receiver.got[0].headers["host"] == f"lims.example.org:{receiver.port}"


def test_a_name_that_leads_elsewhere_the_next_moment_gains_nothing(house, trusting):
    """It is looked at for each message anew, and the message goes to what was looked at."""
    allowed = replace(HERE, hosts=frozenset(), networks=Allowed.of(["127.0.0.1"]).networks)
    way = replace(trusting, allowed=allowed, resolve=to(["127.0.0.1"], ["10.0.0.1"], ["::1"]))
    with receiving(tls=house[1]) as receiver:
        target = read_target(receiver.url(host="lims.example.org", scheme="https"), HERE)
        message = Message(target, {"content-length": "0"}, b"")
        answers = [post(message, way).told for _ in range(3)]

    assert answers == ["204", "address refused", "address refused"]
    assert len(receiver.got) == 1


def test_a_certificate_of_nobody_known_is_refused(house, trusting):
    """The machine does not trust the house unless it is told to."""
    way = replace(trusting, tls=ssl.create_default_context())
    with receiving(tls=house[1]) as receiver:
        answer = post(a_message(receiver.url(host="lims.example.org", scheme="https")), way)

    assert answer.told == "certificate"
    assert not receiver.got


def test_a_certificate_of_another_name_is_refused(house, trusting):
    """The certificate must bear the name, whichever address it was reached by."""
    allowed = Allowed.of(["lab.example.org"])
    with receiving(tls=house[1]) as receiver:
        message = a_message(receiver.url(host="lab.example.org", scheme="https"), allowed)
        answer = post(message, replace(trusting, allowed=allowed))

    assert answer.told == "certificate"
    assert not receiver.got


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status):
    """Whoever answers cannot send us on to this machine, or to anybody."""
    with receiving() as inside, receiving() as receiver:
        receiver.reply = says(status, {"location": inside.url()})
        answer = post(a_message(receiver.url()), PATIENT)

    assert answer.status == status
    assert not inside.got


def test_no_proxy_is_asked(monkeypatch):
    """Whatever the environment says."""
    with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        answer = post(a_message(receiver.url()), PATIENT)

    assert answer.status == 204
    assert not proxy.got


def test_a_receiver_that_says_nothing_is_given_up():
    """After the time for all of it."""
    began = time.monotonic()
    with receiving(answers_never) as receiver:
        answer = post(a_message(receiver.url()), QUICK)

    assert answer.told == "timeout"
    assert time.monotonic() - began < LONG


@pytest.mark.parametrize("part", [b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_receiver_that_speaks_for_ever_is_given_up(part):
    """One letter at a time, each in time, in its headers or in its body: it ends all the same."""

    def drips(handler):
        handler.wfile.write(part)
        while not handler.server.receiver.over.wait(0.05):
            handler.wfile.write(b"a")

    began = time.monotonic()
    with receiving(drips) as receiver:
        answer = post(a_message(receiver.url()), QUICK)

    assert answer.told in {"timeout", "connection broken"}
    assert time.monotonic() - began < LONG


def test_of_a_long_answer_little_is_read():
    """What a receiver says is not used: its status counts, and then the connection is closed."""
    sent = []

    def pours(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
        while len(sent) < 10_000:
            handler.wfile.write(b"a" * MOST_READ)
            sent.append(MOST_READ)

    with receiving(pours) as receiver:
        answer = post(a_message(receiver.url()), PATIENT)

    assert answer.status == 200
    assert len(sent) < 1_000


def test_an_answer_that_is_packed_is_not_unpacked():
    """A small answer that would become a large one stays small."""
    packed = says(200, {"content-encoding": "gzip"}, b"\x1f\x8b not really")
    with receiving(packed) as receiver:
        assert post(a_message(receiver.url()), PATIENT).status == 200


def test_where_nobody_listens_it_says_so():
    """So it does where the connection breaks off, and where no HTTP is spoken."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))  # so that nobody else listens there either
        nobody = post(a_message(f"http://127.0.0.1:{kept.getsockname()[1]}/hook"), PATIENT)
    with receiving(lambda handler: handler.connection.shutdown(socket.SHUT_RDWR)) as broken:
        cut = post(a_message(broken.url()), PATIENT)
    with receiving(lambda handler: handler.wfile.write(b"SSH-2.0-x\r\n\r\n")) as other:
        strange = post(a_message(other.url()), PATIENT)

    assert nobody.told == "no connection"
    assert {cut.told, strange.told} == {"connection broken"}


def test_the_next_address_is_tried_where_nobody_answers_at_the_first():
    """A host with two addresses is reached by the one that works; both were looked at."""
    allowed = Allowed.of(["127.0.0.0/8"], ["a.house"])
    with receiving() as receiver:
        way = replace(PATIENT, allowed=allowed, resolve=to(["127.0.0.9", "127.0.0.1"]))
        answer = post(a_message(receiver.url(host="a.house"), allowed), way)

    assert answer.status == 204


def test_when_to_come_again_is_told():
    """As the receiver said it."""
    with receiving(says(503, {"Retry-After": "120"})) as receiver:
        assert post(a_message(receiver.url()), PATIENT).retry_after == "120"
