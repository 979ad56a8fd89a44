"""What a device captured without a line is taken in its order, once, and settled by people."""

import json
import re
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from coi.errors import DataRefused, Unknown
from coi.ledger.content import Attestation
from coi.services.capture_settling import BEFORE, set_aside, settle
from coi.services.capture_sync import hand_in, last_link
from coi.services.captured import captures_open, captures_waiting, examine
from coi.services.captures import RELEASED, Link, capture_of, read_captures
from coi.services.devices import KIND, register_device
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.people import site_chain
from coi.services.proofs import person_of
from coi.services.sessions import SignedIn
from coi.services.therapies import look
from coi.services.verifying import verify_record
from tests.coi.capturing import Queue, as_sent, at_device, send
from tests.coi.line import UNIT

REPLAYS = [100, pytest.param(1000, marks=pytest.mark.soak)]
AGAIN = "RECORDED_ALREADY"
LISTED = [
    set(),
    {"ELSEWHERE"},
    {"TWO_THERAPIES", "ELSEWHERE"},
    *[{"ELSEWHERE", AGAIN}] * 2,
    {AGAIN},
]
"""What is against each handoff of a queue."""


@pytest.fixture
def device(line):
    """A registered device of the works."""
    return a_device(line, "Tablet")


def a_device(line, name):
    """Register one more."""
    queenie = line.performer.proven["queenie"]
    return register_device(line.installation, queenie, UNIT, name).partition(".")[0]


def many_devices(line, number):
    """Register as many at once: each as it would be by itself."""
    names = [f"TABLET{n:04}" for n in range(number)]
    told = tuple(Attestation(KIND, one, unit=UNIT, detail=f"sha256:- {one}") for one in names)
    queenie, now = line.performer.proven["queenie"].person, line.installation.clock.now()

    def write(tx):
        occasion = Occasion(queenie, UNIT, now)
        write_site_entry(tx, "register_device", occasion, Registered(told), site_chain("works"))

    line.installation.transact(write)
    return names


def mia_at(line, device):
    """Mia, at this device."""
    return at_device(line.performer.proven["mia"], device)


def signed_in(line, username):
    """Somebody who looks."""
    known = line.installation.read(lambda tx: person_of(tx, username))
    return SignedIn(known.person, known.name, line.performer.proven[username], UNIT, "x")


def queue_of(line, device, begun=None, bags=()):
    """Six handoffs: orders alone, a bag, two therapies at once, and twice the same bag."""
    queue = Queue(device, begun or line.installation.clock.now())
    first, second = bags or bags_of(line)
    queue.capture(line.first)
    queue.capture(first)
    queue.capture(line.second, first)
    queue.capture(second, kind=RELEASED)
    queue.capture(second, kind=RELEASED)
    queue.capture(line.second)
    return queue


def bags_of(line):
    """The newest label of the first thing of either therapy."""
    views = (look(line.installation, coi) for coi in (line.first, line.second))
    return [next(iter(one.labels.values()))[-1] for one in views]


def state_of(line, waiting, device):
    """What is on record of a device's captures, and what is against each."""
    seen = signed_in(line, "mia")
    return [
        (
            one.capture.seq,
            one.capture.codes,
            one.is_forked,
            [against.code for against in examine(line.installation, seen, one.id).against],
        )
        for one in waiting
        if one.capture.device == device
    ]


def replayed(line, device, queue, random):
    """Send a queue in pieces, in any order, some of it twice, until all of it is on record."""
    by, waiting = mia_at(line, device), list(queue.captures)
    while waiting:
        random.shuffle(waiting)
        told = send(line.installation, by, waiting[: random.randint(1, 4)])
        waiting = [one for one in waiting if one.hash not in told.kept]
        before = [one for one in queue.captures if one not in waiting]
        assert not send(line.installation, by, random.sample(before, len(before) // 2)).is_alarm


@pytest.mark.parametrize("replays", REPLAYS)
def test_shuffled_replays_all_end_in_the_same_state(line, replays):
    """Whatever comes first, twice or too early, and what is against it is listed (F-12)."""
    random, begun = Random(12), line.installation.clock.now()
    queues, bags = {}, bags_of(line)
    for device in many_devices(line, replays):
        queues[device] = queue_of(line, device, begun, bags)
        replayed(line, device, queues[device], random)

    waiting = captures_waiting(line.installation, signed_in(line, "mia"))
    orders = defaultdict(list)
    for one in waiting:
        orders[one.capture.device].append(one.capture)
    assert {device: queue.captures for device, queue in queues.items()} == orders
    states = [state_of(line, waiting, device) for device in [*queues][:: replays // 4]]
    assert all(state == states[0] for state in states)
    assert [{*codes} for *_told, codes in states[0]] == LISTED
    assert verify_record(line.installation).findings == ()


def test_a_second_sending_changes_nothing(line, device):
    """An answer may be lost on its way: what was handed in is handed in once."""
    queue = queue_of(line, device)
    first = send(line.installation, mia_at(line, device), queue.captures)
    before = captures_waiting(line.installation, signed_in(line, "mia"))

    again = send(line.installation, mia_at(line, device), queue.captures)

    assert again == first
    assert captures_waiting(line.installation, signed_in(line, "mia")) == before
    assert not again.is_alarm


def test_a_copied_queue_is_noticed_on_either_device(line, device):
    """Nothing of it is taken in its turn, all of it is kept apart, and it is an alarm (F-13)."""
    queue = queue_of(line, device)
    clone = Queue(device, queue.begun, list(queue.captures[:2]))
    clone.capture(line.first, kind=RELEASED)
    other = a_device(line, "Another tablet")
    send(line.installation, mia_at(line, device), queue.captures)

    on_another = send(line.installation, mia_at(line, other), clone.captures)
    on_the_same = send(line.installation, mia_at(line, device), clone.captures)

    assert (on_another.is_alarm, on_the_same.is_alarm) == (True, True)
    assert on_another.last == Link()
    assert on_the_same.last == Link(6, queue.captures[-1].hash)
    apart = [
        one for one in captures_waiting(line.installation, signed_in(line, "mia")) if one.is_forked
    ]
    assert {one.capture for one in apart} == {*clone.captures}
    assert verify_record(line.installation).findings == ()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: replace(one, previous="f" * 64),
        lambda one: replace(one, kind=RELEASED, previous="0" * 64),
    ],
)
def test_what_does_not_follow_the_last_is_a_fork(line, device, spoil):
    """A queue that was cut and put together again."""
    queue = queue_of(line, device)
    send(line.installation, mia_at(line, device), queue.captures[:3])

    told = send(line.installation, mia_at(line, device), [spoil(queue.captures[3])])

    assert told.is_alarm
    assert told.last == Link(3, queue.captures[2].hash)


BEGUN, ORDER = datetime(2026, 11, 30, tzinfo=UTC), "TEST-00000001-2"
NOBODY = [{"raw": "Anissa Wuckert", "how": "typed", "at": "2026-01-01T00:00:00.000Z"}]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        *[("codes", told) for told in (NOBODY, [], ["Wuckert"], "Wuckert", None)],
        *[("kind", "infused"), ("device", "Wuckert"), ("seq", 0), ("seq", "1"), ("seq", 10**12)],
        *[("at", "yesterday"), ("at", "Wuckert"), ("hash", "0" * 64), ("hash", ["Wuckert"])],
        *[("previous", ""), ("previous", "Wuckert"), ("kind", "\ud800")],
    ],
)
def test_what_is_not_as_its_hash_says_is_read_in_part(name, told):
    """It follows nothing, and no name comes in by this way (SEC-34)."""
    (one,) = json.loads(as_sent([Queue("T1", BEGUN).capture(ORDER)]))

    (read,) = read_captures(json.dumps([one | {name: told}]))

    assert (read.previous, bool(read.unread)) == ("", True)
    assert read.claimed == str(told if name == "hash" else one["hash"])
    assert "uckert" not in read.text
    assert capture_of(read.text) == read


ODDER = [
    *[("seq", "9" * digits) for digits in (21, 5_000)],
    ("codes", "9" * 5_000),
    *[("kind", "[" * depth + "]" * depth) for depth in (900, 50_000)],
    ("at", '{"a":' * 50_000 + "1" + "}" * 50_000),
    ("codes", '[{"raw":' + "[" * 2_000 + "]" * 2_000 + "}]"),
]
"""A number that is no number any more, and what is nested deeper than anybody looks."""


@pytest.mark.parametrize(("name", "told"), ODDER)
def test_what_nobody_can_read_keeps_no_other_from_the_record(line, device, name, told):
    """It is kept apart, so that the device hands in all else, and need not keep it (F-12)."""
    first, second, third = json.loads(as_sent(queue_of(line, device).captures[:3]))
    sent = json.dumps([first, second, third | {name: "HERE"}]).replace('"HERE"', told)

    came = hand_in(line.installation, mia_at(line, device), read_captures(sent))
    again = hand_in(line.installation, mia_at(line, device), read_captures(sent))

    assert set(came.kept) == {one["hash"] for one in (first, second, third)}
    assert (came.is_alarm, again) == (True, came)
    waiting = captures_waiting(line.installation, signed_in(line, "mia"))
    assert len(waiting) == 3
    assert [bool(one.capture.unread) for one in waiting].count(True) == 1


@pytest.mark.parametrize("text", ['"]}[{', "\\", '\\"', "[" * 20, "\n{"])
def test_brackets_in_a_text_are_no_brackets(text):
    """They stand in it as they are, and all that is ours is read whole."""
    captures = Queue("T1", BEGUN), Queue("T1", BEGUN)
    one, other = (queue.capture(ORDER, kind=text) for queue in captures)

    (read,) = read_captures(as_sent([one]))

    assert (read.hash, read.previous) == (other.hash, one.previous)


def test_what_was_changed_is_kept_apart_and_rings(line, device):
    """It keeps nothing else from the record, and the device need not keep it (F-13)."""
    (one,) = json.loads(as_sent(queue_of(line, device).captures[:1]))
    changed = json.dumps([one | {"kind": "received"}])

    came = hand_in(line.installation, mia_at(line, device), read_captures(changed))
    again = hand_in(line.installation, mia_at(line, device), read_captures(changed))

    assert (came.is_alarm, came.last, came.kept) == (True, Link(), (one["hash"],))
    assert came == again
    (waiting,) = captures_waiting(line.installation, signed_in(line, "mia"))
    against = examine(line.installation, signed_in(line, "mia"), waiting.id).against
    assert {"FORKED", "READ_IN_PART"} <= {each.code for each in against}
    assert verify_record(line.installation).findings == ()


def odd(queue, line):
    """Handoffs that hold together, and that no device of today makes."""
    first, _second = bags_of(line)
    queue.capture(line.first)
    queue.capture(line.first, *[first] * 20)
    queue.capture(line.first, kind="infused")
    queue.capture("Anissa Wuckert", line.first)
    queue.capture("B-TEST-00000000-0", "S-TEST-00000000-0")
    queue.capture(line.first)
    return queue


IN_PART = [
    (),
    (),
    ("It does not say what was done",),
    *[("One of its codes is none of this system",)] * 2,
    (),
]
"""What is said of each of them."""


def test_an_odd_one_keeps_no_other_from_the_record(line, device):
    """More codes than are scanned, a kind or a code of nobody: each in its place (F-12)."""
    queue = odd(Queue(device, line.installation.clock.now()), line)

    told = send(line.installation, mia_at(line, device), queue.captures)
    again = send(line.installation, mia_at(line, device), queue.captures)

    assert told.kept == tuple(one.hash for one in queue.captures)
    assert (told.is_alarm, told.last) == (False, Link(6, queue.captures[-1].hash))
    assert again == told
    waiting = captures_waiting(line.installation, signed_in(line, "mia"))
    assert [one.capture.unread for one in waiting] == IN_PART
    assert [len(one.codes) for one in waiting] == [1, 21, 1, 1, 1, 1]
    assert not [one for one in waiting if re.search("Wuckert|S-TEST", one.capture.text)]
    set_aside(line.installation, line.performer.proven["queenie"], waiting[3].id, "a name")
    assert captures_open(line.installation) == 5
    assert verify_record(line.installation).findings == ()


def test_a_time_that_cannot_be_is_kept_and_not_believed(line, device):
    """A tablet whose clock was never set hands in what it has; a person says when it was (F-12)."""
    queue, days = Queue(device, BEGUN), ["0001-01-01", "1970-01-01", "2019-12-31", "2099-12-31"]
    for day in days:
        queue.begun = datetime.fromisoformat(f"{day}T00:03:00+00:00")
        queue.capture(line.first, after=timedelta())

    told = send(line.installation, mia_at(line, device), queue.captures)

    assert (len(told.kept), told.is_alarm) == (4, False)
    waiting = captures_waiting(line.installation, signed_in(line, "mia"))
    assert [(one.happened_at, one.capture.at[:10]) for one in waiting] == [(None, x) for x in days]
    for one in waiting:
        examined = examine(line.installation, signed_in(line, "mia"), one.id)
        assert "TIME_NOT_BELIEVED" in {each.code for each in examined.against}
        assert not any(each.is_near for each in examined.telling)


@pytest.mark.parametrize("told", ["", "{}", "[", '["1]', "[" * 100_000, json.dumps([{}] * 201)])
def test_what_is_no_list_of_captures_is_refused(told):
    """A page that is not ours sends it: no device makes that."""
    with pytest.raises(DataRefused, match="no list of captures"):
        read_captures(told)


def test_only_a_registered_device_hands_in(line, device):
    """One that was ended meanwhile does not (BD-11)."""
    queue = queue_of(line, device)

    with pytest.raises(DataRefused, match="not registered"):
        send(line.installation, mia_at(line, ""), queue.captures)

    assert captures_open(line.installation) == 0
    assert line.installation.read(lambda tx: last_link(tx, device)) == Link()


def test_nothing_moves_by_what_was_handed_in(line, device):
    """A person enters it: until then each therapy stands as it stood (F-12)."""
    before = [look(line.installation, coi).head_hash for coi in (line.first, line.second)]

    send(line.installation, mia_at(line, device), queue_of(line, device).captures)

    assert [look(line.installation, coi).head_hash for coi in (line.first, line.second)] == before


def test_who_looks_on_elsewhere_sees_none_of_it(line, device):
    """Neither in the list nor by its id (SEC-27)."""
    queue = queue_of(line, device)
    send(line.installation, mia_at(line, device), queue.captures)
    winnie = signed_in(line, "winnie")

    assert captures_waiting(line.installation, winnie) == ()
    with pytest.raises(Unknown):
        examine(line.installation, winnie, queue.captures[0].id)


def test_it_is_set_aside_with_a_signature_once(line, device):
    """Quality assurance says why; nobody settles it a second time."""
    queue = queue_of(line, device)
    send(line.installation, mia_at(line, device), queue.captures)
    queenie, identifier = line.performer.proven["queenie"], queue.captures[0].id

    set_aside(line.installation, queenie, identifier, "scanned to try the device")

    assert captures_open(line.installation) == 5
    assert examine(line.installation, signed_in(line, "mia"), identifier).settled == "set aside"
    with pytest.raises(DataRefused, match="settled before"):
        set_aside(line.installation, queenie, identifier, "once more")
    assert verify_record(line.installation).findings == ()


def test_an_entry_that_tells_it_settles_it(line, device):
    """The entry is named, so that both are found from either."""
    therapy = look(line.installation, line.first)
    event = next(one for one in reversed(therapy.history) if one.action == "accept_custody")
    subject = event.content["moves"][0]["subject"]
    queue = Queue(device, line.installation.clock.now())
    label = therapy.labels[subject][-1] if subject in therapy.labels else line.first
    moment = event.happened_at
    queue.begun = queue.begun.fromisoformat(moment)
    one = queue.capture(label, kind="received")
    send(line.installation, mia_at(line, device), [one])

    examined = examine(line.installation, signed_in(line, "mia"), one.id)
    telling = next(x for x in examined.telling if x.seq == event.seq)
    became = settle(line.installation, mia_at(line, device), one.id, telling.coi, telling.seq)

    assert "RECORDED_ALREADY" in {x.code for x in examined.against}
    assert became == BEFORE
    assert captures_open(line.installation) == 0


def test_an_entry_that_tells_nothing_of_it_settles_nothing(line, device):
    """Such as the order of the therapy."""
    one = queue_of(line, device).captures[0]
    send(line.installation, mia_at(line, device), [one])

    with pytest.raises(Unknown):
        settle(line.installation, mia_at(line, device), one.id, line.first, 0)
