"""The audit trail: the unusual first, by who, what, when and why, and nothing of other sites."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from coi.clock import parse_rfc3339, rfc3339
from coi.demo.cast import PATIENTS, STAFF
from coi.demo.performer import Wish
from coi.demo.values import WEIGHT_KG
from coi.errors import Unknown
from coi.ledger.content import NewEntry, WorkflowRef
from coi.services import people, trail
from coi.services.entries import Occasion, Registered, write, write_site_entry
from coi.services.proofs import Proven, person_of
from coi.services.sessions import SignedIn
from coi.services.trail import Wanted
from coi.services.unusual import Unusual
from coi.store.facts import sites, therapy
from tests.journeys.worlds import Databases, copy_of

MANY = 10_000
EVERY = Wanted(everything=True)


@pytest.fixture(scope="module")
def house(lives, migrated_file, tmp_path_factory):
    """Therapies that went through a good deal; an auditor of all sites came."""
    folder = tmp_path_factory.mktemp("trail")
    with copy_of(Databases(migrated_file), lives, folder) as performer:
        people.grant_role(performer.installation, root_of(performer), "abel", "auditor", "-")
        yield performer


def root_of(performer):
    """The administrator."""
    known = performer.installation.read(lambda tx: person_of(tx, "root"))
    return Proven("root", known.person.id, known.credential)


def as_(performer, username):
    """Somebody who is signed in."""
    known = performer.installation.read(lambda tx: person_of(tx, username))
    proven = Proven(username, known.person.id, known.credential)
    return SignedIn(known.person, known.name, proven, "-", "x")


def shown(performer, username, wanted=EVERY):
    """Every line that somebody is shown, page by page."""
    found, page = [], None
    while page is None or page.more:
        page = trail.trail(performer.installation, as_(performer, username), wanted)
        found += page.lines
        wanted = replace(wanted, after=page.last)
    return found


def test_every_page_together_is_every_entry_once(house):
    """Going on page by page shows each entry once, the newest first."""
    lines = shown(house, "abel")

    places = [(one.recorded_at, one.chain, one.seq) for one in lines]
    assert len(places) > 5 * trail.PAGE
    assert places == sorted(set(places), reverse=True)


def test_who_what_when_and_why_each_and_together(house):
    """Each combination of conditions shows the rows that fulfil all of them (A11d-12.4)."""
    lines = shown(house, "abel")
    one = next(line for line in lines if Unusual.LATE in line.unusual and line.coi)
    day = parse_rfc3339(one.recorded_at).date()
    conditions = (
        ({"who": one.username}, lambda line: one.username in line.username.split(", ")),
        ({"what": one.action}, lambda line: line.action == one.action),
        (
            {"since": day, "until": day},
            lambda line: parse_rfc3339(line.recorded_at).date() == day,
        ),
        ({"why": Unusual.LATE}, lambda line: Unusual.LATE in line.unusual),
        ({"coi": one.coi}, lambda line: line.coi == one.coi),
    )
    for chosen in product((True, False), repeat=len(conditions)):
        asked = [both for both, is_chosen in zip(conditions, chosen, strict=True) if is_chosen]
        wanted = replace(EVERY, **{name: it for told, _ in asked for name, it in told.items()})
        expected = [line for line in lines if all(holds(line) for _, holds in asked)]

        assert shown(house, "abel", wanted) == expected
        assert one in expected


def test_what_somebody_wrote_is_found_by_a_word_of_it(house):
    """A word of a reason, or of what was recorded, finds its entries and no others."""
    lines = shown(house, "abel")
    word = next(one.why[0] for one in lines if one.why).split(" ")[0].upper()

    found = shown(house, "abel", replace(EVERY, said=word))

    assert found
    assert all(any(word.casefold() in text.casefold() for text in one.texts) for one in found)
    assert shown(house, "abel", replace(EVERY, said="nobody wrote this")) == []


def test_what_is_rare_is_looked_for_part_by_part(house, monkeypatch):
    """After so many entries the page says how far it was looked, and goes on from there."""
    monkeypatch.setattr(trail, "MOST_LOOKED_THROUGH", 100)
    wanted = replace(EVERY, said="nobody wrote this")

    page = trail.trail(house.installation, as_(house, "abel"), wanted)

    assert (page.lines, page.is_cut, page.more) == ((), True, True)
    assert page.last < trail.NEWEST
    assert shown(house, "abel", wanted) == []


def test_only_what_is_unusual_is_shown_at_first(house):
    """Without a wish the lines are those that the rule finds unusual, and all of those."""
    lines = shown(house, "abel")

    assert shown(house, "abel", Wanted()) == [one for one in lines if one.unusual]
    assert 0 < len(shown(house, "abel", Wanted())) < len(lines)


def test_a_correction_says_what_it_was_and_why(house):
    """A corrected value stands with the old one, the new one and the reason (A11d-12.2, DI-03)."""
    coi = house.order(PATIENTS[4])
    told = {"of": "weight_kg", "content": "71.4", "reason": "Two digits were swapped"}
    carla_and_nina = ("carla", "nina")
    others = tuple(one.username for one in STAFF if one.username not in carla_and_nina)
    house.do(coi, "correct_value", Wish(values=told, avoid=others))

    (line,) = shown(house, "abel", Wanted(why=Unusual.CORRECTED, coi=coi))

    (change,) = (one for one in line.changes if one.what == "Body weight")
    assert (change.old, change.new) == (f"{WEIGHT_KG} kg", "71.4 kg")
    assert line.why == ("Two digits were swapped",)
    assert (line.username, line.role) == ("carla", "coordinator")
    assert line.place.endswith(", North Hospital")
    assert line.recorded_at.endswith("Z")
    assert line.time_zone == "Europe/Berlin"


@pytest.mark.parametrize(("username", "own"), [("walter", ()), ("queenie", ("works",))])
def test_nobody_sees_a_therapy_of_others(house, username, own):
    """Of a therapy in which none of one's sites takes part there is no line."""
    sees = {
        coi
        for coi in {line.coi for line in shown(house, "abel") if line.coi}
        if house.installation.read(lambda tx, coi=coi: sites(tx, coi)) & set(own)
    }

    assert {line.coi for line in shown(house, username) if line.coi} == sees


def test_a_coordinator_reads_of_therapies_alone(house):
    """Who came in, and what was done to accounts, is for QA and auditors (SEC-33)."""
    assert {line.coi == "" for line in shown(house, "carla")} == {False}
    chains = {line.chain for line in shown(house, "queenie") if not line.coi}
    assert chains <= {"site:works", "site:organisation"}


def test_the_trail_of_a_therapy_is_for_who_sees_it(house):
    """A therapy of others answers as one that there is not."""
    coi = next(line.coi for line in shown(house, "abel") if line.coi)

    assert {line.coi for line in shown(house, "abel", replace(EVERY, coi=coi))} == {coi}
    for username, asked in (("walter", coi), ("abel", "TEST-NONE")):
        with pytest.raises(Unknown):
            trail.trail(house.installation, as_(house, username), replace(EVERY, coi=asked))


@pytest.mark.parametrize(
    "told",
    [
        {"who": "\x00"},
        {"what": "\ud800"},
        {"site": "\x00"},
        {"since": date(9999, 12, 31)},
        {"until": date(1, 1, 1)},
    ],
)
def test_what_no_database_holds_is_found_in_none(house, told):
    """Such conditions fit nothing, and no database is asked for them."""
    assert shown(house, "abel", replace(EVERY, **told)) == []
    with pytest.raises(Unknown):
        shown(house, "abel", replace(EVERY, coi="\x00"))


def test_ten_that_are_unusual_among_ten_thousand_are_the_first_ten(house):
    """Planted anywhere among ten thousand entries, each sort comes first (A11d-12.7)."""
    installation = house.installation
    coi = house.order(PATIENTS[3])
    begins = installation.clock.now()

    planted = installation.transact(lambda tx: _planted(tx, installation, coi))

    page = trail.trail(installation, as_(house, "abel"), replace(EVERY, everything=False))
    first = [(one.chain, one.seq) for one in page.lines[: len(planted)]]
    assert sorted(first) == sorted(planted)
    assert page.lines[len(planted)].recorded_at < rfc3339(begins)
    assert all(one.unusual for one in page.lines)


def _planted(tx, installation, coi):
    """Write ten thousand entries, ten of which are unusual; returns where these stand."""
    actor, day = "-", installation.clock.now()
    documents = {"write_document": {"kind": "bag_label", "about": "B-1", "copy": "2"}}
    unusual = [
        *("refuse_sign_in", "lock_account", "check_clock", "new_secret", "write_document"),
        *("refused", "typed", "unread", "hold", "lift"),
    ]
    places = []
    for n in range(MANY):
        what = unusual[n // 1000] if n % 1000 == 500 else "sign_in"
        now = day + timedelta(milliseconds=n)
        if what in {"refused", "typed", "unread", "hold", "lift"}:
            places.append(_in_therapy(tx, installation, coi, what, rfc3339(now)))
            continue
        told = Registered(document=documents.get(what, {}))
        entry = write_site_entry(tx, what, Occasion(actor, "-", now), told)
        if what != "sign_in":
            places.append((entry.chain, entry.seq))
    return places


_TYPED = ({"raw": "B-1", "how": "typed", "device": "-", "means": "nothing"},)
_PARTS = {
    "refused": {"kind": "refused"},
    "typed": {"kind": "refused", "scans": _TYPED},
    "unread": {"kind": "refused", "notes": {"unread_1": "0" * 64}},
    "hold": {"kind": "hold"},
    "lift": {"kind": "lift"},
}


def _in_therapy(tx, installation, coi, what, now):
    """Write an entry into a therapy's chain; returns its place."""
    found, last = therapy(tx, coi)
    workflow = installation.workflow(tx, found.workflow, found.version)
    entry = NewEntry(
        chain=coi,
        head=last,
        action="record_consent",
        actor="-",
        role="-",
        unit="north-ward",
        happened_at=now,
        recorded_at=now,
        workflow=WorkflowRef(workflow.name, workflow.version, workflow.hash),
        **_PARTS[what],
    )
    write(tx, entry)
    return coi, entry.seq
