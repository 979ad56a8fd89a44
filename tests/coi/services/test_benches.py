"""Benches: one therapy lies on one, and between two stands a signed changeover."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from coi.errors import DataRefused, KeyReused, Refused, Unknown
from coi.services import benches, changeover, sessions
from coi.services.permissions import EVERYWHERE
from coi.services.proofs import NotAllowed, person_of
from coi.services.therapies import look
from coi.services.verifying import verify_record
from coi.store.entries import entries_of
from tests.cast import WHY
from tests.coi.line import UNIT, root_of
from workflows.facts import Mode

SITE = "site:works"


def entries(line, action):
    """What the site's chain tells of an action: its content, and who signed."""
    chain = line.installation.read(lambda tx: list(entries_of(tx, SITE)))
    told = [(json.loads(content), json.loads(signed)) for _hash, content, signed in chain]
    return [one for one in told if one[0]["action"] == action]


def why_not(line, *given, **changes):
    """The codes by which an activation is refused."""
    with pytest.raises(Refused) as caught:
        line.activate(*given, **changes)
    return [reason.code for reason in caught.value.refusals]


def why_not_cleared(line, *usernames, **changes):
    """The codes by which a changeover is refused."""
    with pytest.raises(Refused) as caught:
        line.clear(*usernames, **changes)
    return {reason.code for reason in caught.value.refusals}


# -- which there are -------------------------------------------------------------------------------


def test_a_bench_is_a_place_with_a_label_and_cleared(line):
    """Its serial is that of a place; its entry names unit and name."""
    (first, _), *_ = entries(line, "register_bench")

    assert line.bench().serial.startswith("L-")
    assert (line.bench().name, line.bench().holds) == ("Isolator 1", "-")
    assert [(a["kind"], a["unit"], a["detail"]) for a in first["attestations"]] == [
        ("place", UNIT, "Isolator 1"),
        ("bench", UNIT, "-"),
    ]


@pytest.mark.parametrize("site", [EVERYWHERE, "works"])
def test_who_only_administers_a_site_sees_no_bench_of_it(line, site):
    """Which therapy lies there is for those who may see therapies there (SEC-07)."""
    leo = line.installation.read(lambda tx: person_of(tx, "leo")).person
    person = replace(leo, site_roles=leo.site_roles | {("administrator", site)})

    assert benches.benches_of(line.installation, person) == []
    with pytest.raises(Unknown):
        benches.look_at_bench(line.installation, person, line.benches[0])


def test_a_bench_that_is_registered_twice_at_once_is_one(line):
    """The same request has one effect; another one under its key is refused (SEC-04)."""
    root = root_of(line.installation)

    again = benches.register_bench(
        line.installation, root, UNIT, "Isolator 1", key="bench Isolator 1"
    )

    assert again == line.benches[0]
    with pytest.raises(KeyReused):
        benches.register_bench(line.installation, root, UNIT, "Hood", key="bench Isolator 1")


@pytest.mark.parametrize("name", ["", " ", "Isolator 1", "x" * 101, "a\x1db"])
def test_a_bench_has_a_name_of_its_own_that_can_be_printed(line, name):
    """Two of one name would be taken for each other."""
    with pytest.raises(DataRefused):
        benches.register_bench(line.installation, root_of(line.installation), UNIT, name, key="k")


def test_only_an_administrator_registers_and_retires_benches(line):
    """A technician does not take a bench out of the rule."""
    mia = line.performer.proven["mia"]

    with pytest.raises(NotAllowed):
        benches.register_bench(line.installation, mia, UNIT, "Hood", key="k")
    with pytest.raises(NotAllowed):
        benches.retire_bench(line.installation, mia, line.benches[0], why=WHY)


def test_a_bench_of_another_site_is_unknown_like_one_that_does_not_exist(line):
    """The same words for both (SEC-07)."""
    nina = line.person("nina")

    told = []
    for serial in (line.benches[0], "L-TEST-00000000-0", "L\x00"):
        with pytest.raises(Unknown) as caught:
            benches.look_at_bench(line.installation, nina, serial)
        told.append(caught.value.sentence.replace(serial, "…"))

    assert len(set(told)) == 1


def test_a_retired_bench_is_there_no_longer(line):
    """With the last one the unit works as it did before it had any."""
    for serial in line.benches:
        benches.retire_bench(line.installation, root_of(line.installation), serial, why=WHY)

    assert benches.benches_of(line.installation, line.person("mia")) == []
    assert line.activate(line.first, bench="-").action == "activate"


def test_what_lies_on_a_bench_keeps_it_from_being_retired(line):
    """Or else nobody would sign that it was taken away."""
    line.activate(line.first)

    with pytest.raises(Refused, match="is in use"):
        benches.retire_bench(
            line.installation, root_of(line.installation), line.benches[0], why=WHY
        )


# -- what is on it ---------------------------------------------------------------------------------


def test_the_first_hands_on_step_opens_the_bench(line):
    """In the same transaction: the therapy's entry names the bench, and the site's the therapy."""
    line.activate(line.first)

    ((opened, _),) = entries(line, "open_bench")
    assert line.bench().holds == line.first
    assert opened["attestations"][0]["detail"] == line.first
    assert look(line.installation, line.first).history[-1].content["bench"] == line.benches[0]


def test_the_next_step_of_the_same_therapy_finds_it_open(line):
    """It is opened once."""
    line.activate(line.first)
    wanted, actor, signers = line.performer.request(line.first, "transduce")

    line.take(replace(wanted, bench=line.benches[0]), actor, signers)

    assert len(entries(line, "open_bench")) == 1


def test_a_second_therapy_is_refused_at_an_open_bench(line):
    """The refusal is on record in its therapy, and what lies on the bench stays there."""
    line.activate(line.first)

    assert why_not(line, line.second) == ["BENCH_HOLDS_ANOTHER"]
    assert line.bench().holds == line.first
    assert look(line.installation, line.second).history[-1].kind == "refused"


def test_a_second_therapy_is_made_at_the_other_bench(line):
    """Two patients never wait for each other at two benches."""
    line.activate(line.first)
    line.activate(line.second, line.benches[1])

    assert [line.bench(one).holds for one in line.benches] == [line.first, line.second]


@pytest.mark.parametrize(
    ("bench", "code"),
    [("-", "BENCH_NOT_NAMED"), ("L-TEST-00000000-0", "BENCH_UNKNOWN"), ("x", "BENCH_UNKNOWN")],
)
def test_hands_on_work_names_a_bench_of_its_unit(line, bench, code):
    """One way in for pages, commands and programs."""
    assert why_not(line, line.first, bench=bench) == [code]


def test_a_refused_step_opens_nothing(line):
    """The bench stays as it is."""
    wanted, actor, _signers = line.wanted(line.first, line.benches[0])

    with pytest.raises(Refused):
        line.take(wanted, actor, ())

    assert line.bench().holds == "-"


def test_a_late_fact_opens_nothing_and_is_judged_by_its_time(line):
    """What lies on the bench now did not lie there then."""
    an_hour_ago = line.installation.clock.now() - timedelta(seconds=1)
    line.installation.clock.advance(timedelta(hours=1))
    line.activate(line.second)

    line.activate(line.first, mode=Mode.LATE, happened_at=an_hour_ago)

    assert line.bench().holds == line.second
    assert look(line.installation, line.first).history[-1].kind == "late"
    assert not [s for s in look(line.installation, line.first).subjects if "exception" in s]


def test_the_same_request_twice_opens_once(line):
    """A repeated request is answered with what was recorded."""
    wanted, actor, signers = line.wanted(line.first, line.benches[0])

    line.take(wanted, actor, signers)
    again = line.take(wanted, actor, signers)

    assert again.repeated
    assert len(entries(line, "open_bench")) == 1


# -- the changeover --------------------------------------------------------------------------------


@pytest.fixture
def opened(line):
    """The line, with the first therapy on the first bench."""
    line.activate(line.first)
    return line


def test_a_changeover_is_signed_by_two_and_lets_the_next_therapy_come(opened):
    """One entry, which names what was there, and what is there now: nothing."""
    opened.clear("mia", "max")

    ((told, signed),) = entries(opened, "clear_bench")
    assert [(a["holds"], a["detail"]) for a in told["attestations"]] == [
        (0, opened.first),
        (1, "-"),
    ]
    assert [(one["role"], one["meaning"]) for one in signed] == [
        ("manufacturing_technician", "line cleared"),
        ("manufacturing_verifier", "verified clear"),
    ]
    assert opened.activate(opened.second).action == "activate"


def test_a_changeover_is_verified_by_another_person(opened):
    """Whoever cleared the line does not see what they overlooked (SEC-29)."""
    assert "SAME_PERSON" in why_not_cleared(opened, "mia", "mia")


@pytest.mark.parametrize(
    ("usernames", "code"),
    [
        (("mia",), "SIGNATURE_MISSING"),
        (("mia", "milo"), "SIGNER_NOT_ENTITLED"),
        (("max", "mia"), "SIGNER_NOT_ENTITLED"),
        (("queenie", "max"), "SIGNER_NOT_ENTITLED"),
    ],
)
def test_a_changeover_takes_the_right_two(opened, usernames, code):
    """Who works there clears, and who verifies looks; nothing is saved otherwise."""
    assert code in why_not_cleared(opened, *usernames)
    assert opened.bench().holds == opened.first


def test_quality_assurance_may_verify(opened):
    """Whoever reviews the batch may look at the line too."""
    opened.clear("mia", "queenie")

    assert opened.bench().holds == "-"


def test_somebody_of_another_site_cannot_clear_it(opened):
    """The bench is unknown to them."""
    with pytest.raises(Unknown):
        opened.clear("leo", "lena")


def test_what_is_cleared_away_is_what_was_seen(opened):
    """Somebody else was quicker, and the next therapy lies there already."""
    assert why_not_cleared(opened, "mia", "max", holds=opened.second) == {"BENCH_CHANGED"}


def test_a_clear_bench_is_not_cleared_again(line):
    """A signature stands for something that was done."""
    assert why_not_cleared(line, "mia", "max") == {"BENCH_IS_CLEAR"}


def test_a_bench_that_was_retired_meanwhile_is_not_cleared_back_into_use(opened, monkeypatch):
    """On PostgreSQL others write between the first look and the second, and the second counts."""
    seen = opened.bench()
    opened.clear("mia", "max")
    benches.retire_bench(opened.installation, root_of(opened.installation), seen.serial, why=WHY)
    monkeypatch.setattr(changeover, "bench_seen", lambda *_asked: seen)

    with pytest.raises(Unknown):
        opened.clear("mia", "max", holds=opened.first, key="a second one")

    assert len(entries(opened, "clear_bench")) == 1
    left = benches.benches_of(opened.installation, opened.person("mia"))
    assert seen.serial not in {one.serial for unit in left for one in unit.benches}


def test_the_same_changeover_twice_has_one_effect(opened):
    """The second time finds it done; another request under its key is refused (SEC-04)."""
    opened.clear("mia", "max", holds=opened.first)
    opened.clear("mia", "max", holds=opened.first)

    assert len(entries(opened, "clear_bench")) == 1
    with pytest.raises(KeyReused):
        opened.clear("mia", "queenie", holds=opened.first)


def test_the_record_is_whole_after_all_of_it(opened):
    """Openings and changeovers are verified like everything else."""
    opened.clear("mia", "max")
    opened.activate(opened.second)

    assert verify_record(opened.installation).findings == ()


# -- where one works -------------------------------------------------------------------------------


@pytest.fixture
def signed_in(line):
    """Give somebody's session."""

    def session_of(username):
        token = sessions.sign_in(line.installation, username, "for demonstration only")
        return sessions.resume(line.installation, token), token

    return session_of


def test_whoever_works_at_a_bench_works_at_its_unit(line, signed_in):
    """The session keeps both; leaving the bench keeps the unit."""
    mia, token = signed_in("mia")
    at_it = benches.work_at_bench(line.installation, mia, line.benches[0])

    assert sessions.resume(line.installation, token).bench == at_it.bench == line.benches[0]
    assert at_it.unit == UNIT
    assert benches.bench_in_hand(line.installation, at_it) == line.bench()
    left = benches.work_at_bench(line.installation, at_it, benches.NO_BENCH)
    assert (left.unit, benches.bench_in_hand(line.installation, left)) == (UNIT, None)


def test_whoever_goes_to_another_unit_leaves_the_bench(line, signed_in):
    """Nobody works at a bench of a unit where they are not."""
    mia, token = signed_in("mia")
    benches.work_at_bench(line.installation, mia, line.benches[0])
    sessions.work_at(line.installation, mia, "works-store")

    assert sessions.resume(line.installation, token).bench == benches.NO_BENCH


def test_a_bench_is_worked_at_by_people_of_its_unit(line, signed_in):
    """To somebody of another site it is unknown."""
    nina, _token = signed_in("nina")

    with pytest.raises(Unknown):
        benches.work_at_bench(line.installation, nina, line.benches[0])
