"""How long the record was is remembered outside of it; whoever put it back is noticed (TL-18)."""

import json
import shutil
from dataclasses import replace

import pytest

from coi.errors import DataRefused
from coi.services import installation as opening
from coi.services import people
from coi.services.acknowledging import NotRemembered, acknowledge, acknowledged
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import open_installation
from coi.services.installing import prepare
from coi.services.proofs import CannotSign, NotAllowed, authenticate
from coi.services.seen import ReadOnly, seen_file
from coi.services.verifying import verify_record
from coi.settings import Settings
from coi.store.facts import ORGANISATION
from coi.store.size import heads_in
from tests.coi.clinic import PASSWORD, QUICK

DAMAGED = ("", "{", "[]", '{"format": 2}', '{"entries": "9"}', "\0\xff", '{"format": 1, "asks": 1}')


@pytest.fixture
def queenie(clinic):
    """Quality assurance."""
    return clinic.hire("queenie", ("qa_reviewer", "works-production"))


@pytest.fixture
def earlier(clinic, queenie, tmp_path):
    """The database of a moment after which more was recorded, which was seen."""
    del queenie  # who is in it
    installation = clinic.installation
    installation.look_at_length()
    installation.engine.dispose()
    file = shutil.copy(installation.settings.database_path, tmp_path / "earlier.sqlite3")
    do_something(installation, clinic.root)
    installation.look_at_length()
    return file


def do_something(installation, root):
    """Record one entry."""
    people.grant_role(installation, root, "carla", "auditor", "-")


@pytest.fixture
def start(clinic):
    """Open the installation as the next start does; the one before is closed then."""
    opened = [clinic.installation]

    def again():
        opened[-1].engine.dispose()
        found = open_installation(clinic.installation.settings)
        opened.append(replace(found, hasher=QUICK, clock=clinic.installation.clock))
        return opened[-1]

    yield again
    opened[-1].engine.dispose()


@pytest.fixture
def put_back(clinic, earlier, start):
    """Put the database back to the earlier moment, and start."""

    def put(file=earlier):
        start().engine.dispose()
        path = clinic.installation.settings.database_path
        for beside in path.parent.glob("coi.sqlite3-*"):
            beside.unlink()
        shutil.copy(file, path)
        return start()

    return put


def test_a_record_that_holds_what_was_seen_is_written(clinic, start):
    """Nothing was put back."""
    clinic.installation.look_at_length()

    assert start().why_read_only() == ""


def test_a_record_that_grew_is_written(clinic, start):
    """What was not seen yet is no fault."""
    clinic.installation.look_at_length()
    do_something(clinic.installation, clinic.root)

    assert start().why_read_only() == ""


def test_a_record_that_was_put_back_is_not_written(clinic, put_back):
    """Nobody's entry goes on from a moment that is over."""
    installation = put_back()
    before = verify_record(installation)

    with pytest.raises(ReadOnly, match="were seen before"):
        do_something(installation, clinic.root)
    assert before.holds
    assert verify_record(installation).digest == before.digest


def test_a_server_that_runs_notices_it_too(clinic, put_back):
    """Once a minute it looks."""
    put_back().engine.dispose()

    assert clinic.installation.look_at_length()
    with pytest.raises(ReadOnly):
        do_something(clinic.installation, clinic.root)


def test_what_was_found_once_is_not_forgotten(clinic, put_back, start):
    """Who signs in to read makes the record longer; it lacks what it lacked."""
    installation = put_back()
    found = installation.why_read_only()
    for _ in range(3):
        installation.transact_always(lambda tx: _grow(tx, installation, clinic))

    assert start().why_read_only() == found


def _grow(tx, installation, clinic):
    """Write an entry, as a sign-in does."""
    occasion = Occasion(clinic.root.person, "-", installation.clock.now())
    write_site_entry(tx, "sign_in", occasion, Registered())


def test_a_lost_record_that_comes_back_is_not_written(clinic, put_back, queenie, tmp_path):
    """It is as long, and another one than that which went on without it."""
    clinic.installation.engine.dispose()
    lost = shutil.copy(clinic.installation.settings.database_path, tmp_path / "lost.sqlite3")
    acknowledge(put_back(), queenie, "the disk failed")

    assert "is not the record of which" in put_back(lost).why_read_only()


@pytest.mark.parametrize("content", DAMAGED)
def test_what_cannot_be_read_is_no_yes(clinic, content, start):
    """The default is no."""
    seen_file(clinic.installation.settings).write_text(content, encoding="latin-1")

    assert "cannot be read" in start().why_read_only()


def test_a_record_that_nobody_remembers_is_not_written(clinic, start):
    """A machine that never saw it cannot know that nothing is missing."""
    seen_file(clinic.installation.settings).unlink()

    assert "nothing here remembers" in start().why_read_only()


def test_a_new_record_is_written(tmp_path):
    """Nothing can be missing from it."""
    settings = Settings.from_environment({"COI_HOME": str(tmp_path / "new")})
    prepare(settings)
    installation = open_installation(settings)

    assert installation.why_read_only() == ""
    installation.engine.dispose()


def test_it_is_never_remembered_as_shorter(clinic):
    """Of two processes that look, the one that looked first may write last."""
    installation = clinic.installation
    installation.look_at_length()
    file = seen_file(installation.settings)
    said = json.loads(file.read_text())
    file.write_text(json.dumps({**said, "entries": 10_000}))
    installation.look_at_length()

    assert json.loads(file.read_text())["entries"] == 10_000


# -- quality assurance signs for it ---------------------------------------------------------------


def test_quality_assurance_lets_it_go_on(clinic, put_back, queenie, start):
    """From then on it is written again, also at the next start; the record holds and tells it."""
    installation = put_back()
    found = installation.why_read_only()

    acknowledge(installation, queenie, "the disk failed; nothing of patients is missing")
    do_something(installation, clinic.root)

    assert start().why_read_only() == ""
    (told,) = acknowledged(installation)
    assert (told.printed_name, told.found) == ("Queenie Example", found)
    assert verify_record(installation).holds


def test_it_is_signed_for_one_time_only(put_back, queenie):
    """The lost moment that comes back, or an earlier one, is asked about anew."""
    acknowledge(put_back(), queenie, "the disk failed")

    assert put_back().why_read_only()


def test_nobody_else_signs_for_it(clinic, put_back):
    """Whoever administers the machine may be who put it back."""
    with pytest.raises(NotAllowed):
        acknowledge(put_back(), clinic.root, "because")


def test_it_takes_what_a_signature_takes(clinic, start):
    """Training, identity check, statement."""
    new = people.NewPerson("quirin", "Quirin Example", PASSWORD, "works-production")
    seen_file(clinic.installation.settings).unlink()
    people.register_person(clinic.installation, clinic.root, new)
    people.grant_role(clinic.installation, clinic.root, "quirin", "qa_reviewer", "works-production")
    quirin = authenticate(clinic.installation, "quirin", PASSWORD)

    with pytest.raises(CannotSign):
        acknowledge(start(), quirin, "because")


@pytest.mark.parametrize("why", ["", "  ", "x" * 2001])
def test_it_takes_a_reason(put_back, queenie, why):
    """One that people can read."""
    with pytest.raises(DataRefused):
        acknowledge(put_back(), queenie, why)


def test_a_folder_that_cannot_be_written_is_told(put_back, queenie):
    """The signature stands, and the record is still only read."""
    installation = put_back()
    file = seen_file(installation.settings)
    # A folder in its place: root may write where others may not.
    beside = file.with_name(f".{file.name}.partial")
    beside.mkdir()

    with pytest.raises(NotRemembered):
        acknowledge(installation, queenie, "because")
    assert installation.why_read_only()


def test_a_start_amidst_work_is_no_older_record(clinic, monkeypatch):
    """What is recorded and remembered while an installation is opened was there before it looked.

    The schema is looked at first; at that moment somebody else records an entry, and a server
    remembers it.
    """
    require = opening.require_schema

    def and_meanwhile(tx):
        require(tx)
        do_something(clinic.installation, clinic.root)
        clinic.installation.look_at_length()

    monkeypatch.setattr(opening, "require_schema", and_meanwhile)

    opened = open_installation(clinic.installation.settings)
    opened.engine.dispose()
    assert opened.why_read_only() == ""


def test_what_left_on_paper_since_is_named(put_back, start):
    """Of what left with the last entry of each chain, what is gone is named, and nothing else."""
    installation = start()
    for chain, last in installation.read(heads_in).items():
        installation.on_paper.leaves(f"a label of {chain}", chain, last.seq, last.hash)
    installation.on_paper.leaves("a label that was undone", ORGANISATION, 99, "0")
    installation.look_at_length()

    found = put_back().why_read_only()

    assert "; what left on paper and is not in it: a label of site:" in found
    assert found.count("a label") == 1


def test_what_left_on_paper_is_not_forgotten_while_it_cannot_be_written_down(clinic):
    """The next look that can write remembers it, and then it waits no longer."""
    installation = clinic.installation
    file, last = seen_file(installation.settings), installation.read(heads_in)[ORGANISATION]
    in_the_way = file.with_name(f".{file.name}.partial")
    installation.on_paper.leaves("a label", ORGANISATION, last.seq, last.hash)
    in_the_way.mkdir()
    installation.look_at_length()
    in_the_way.rmdir()

    installation.look_at_length()

    assert [one["what"] for one in json.loads(file.read_text())["issued"]] == ["a label"]
    assert not installation.on_paper.waiting
