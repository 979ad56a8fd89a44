"""The custody records of a list in one file: each a counted copy; one that fails stops no other."""

import io
import re
import time
from datetime import timedelta
from hashlib import sha256
from zipfile import ZipFile

import pytest

from coi.demo.cast import PASSWORD
from coi.errors import Busy
from coi.services import batch_runs, custody_batch
from coi.services import documents as documents_drawn
from coi.services.batch_runs import Runs
from coi.services.batch_upkeep import BatchUpkeep
from coi.services.custody_batch import RUNS, begin_records, fetch_records, records_view
from coi.services.drawing import NotPrinted
from coi.services.identity import patient_of
from coi.services.people import close_account, grant_role
from coi.services.proofs import authenticate
from coi.services.worklist import ALL, Wanted
from coi.store import batch_runs as store
from coi.store.erasing import destroy_identity
from tests.coi.reports.pages import text_of
from tests.coi.web.test_downtime_kits import documents

TOGETHER, LIST, KEY = "/exports/custody-records", "/?which=all", "records"
NOW = "2026-11-22T09:00:00.000000Z"
AHEAD = timedelta(minutes=10)


@pytest.fixture
def leo(someone):
    """Who works in the cell laboratory of the hospital."""
    return someone("leo")


def by_leo(installation):
    """Who he is, as the use cases are told."""
    return authenticate(installation, "leo", PASSWORD)


def begin(browser, key=KEY, **told):
    """Ask for the records of all; returns the page that tells how far they are."""
    answer = browser.send(TOGETHER, page=LIST, which="all", key=key, **told)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def when_ended(browser, page):
    """The page as soon as all have ended."""
    until = time.monotonic() + 60
    while "data-again" in (told := browser.get(page).text):
        assert time.monotonic() < until, told
        time.sleep(0.05)
    return told


def unpacked(content):
    """The files of the ZIP by their names."""
    with ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def taken(browser, **told):
    """Ask for the records of all, wait, and fetch the file."""
    page = begin(browser, **told)
    when_ended(browser, page)
    answer = browser.get(f"{page}/file")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip"), answer.text
    return unpacked(answer.data)


def listed(browser):
    """The therapies of the list of all."""
    text = browser.get(LIST).text
    return re.findall(r'<th scope="row" role="rowheader"><a href="/therapies/([^"]+)"', text)


def drawn(installation):
    """The custody records that are on record."""
    return [one for one in documents(installation) if one["kind"] == "custody_record"]


@pytest.fixture
def left(leo, installation, monkeypatch):
    """A list whose process ended when the first record was drawn: its page."""
    draws, calls = custody_batch.write_custody_record, []

    def ends(*told):
        if calls:
            raise SystemExit
        calls.append(told)
        return draws(*told)

    with monkeypatch.context() as patched:
        patched.setattr(custody_batch, "write_custody_record", ends)
        patched.setattr(Runs, "begin", lambda *_told: None)
        page = begin(leo)
        with pytest.raises(SystemExit):
            custody_batch.draw_claimed(installation, batch_runs.taken(installation, KEY))
    RUNS.known.pop(KEY, None)
    assert len(drawn(installation)) == 1
    return page


def gone_on(installation):
    """One look at what was left; waits until that is done."""
    found = BatchUpkeep(installation).step()
    if found:
        RUNS.known[KEY].thread.join()
    return found


def test_each_therapy_of_the_list_has_its_record_in_it(leo, installation, lives):
    """As it is printed alone, with its number, and on record with its hash."""
    cois = listed(leo)

    files = taken(leo)

    assert [*files] == [*(f"custody-{coi}.pdf" for coi in cois), "MANIFEST.sha256"]
    assert f"custody-{lives.cois['dispensed']}.pdf" not in files
    for coi in cois:
        assert coi in text_of(files[f"custody-{coi}.pdf"])
    hashes = {sha256(content).hexdigest() for content in files.values()}
    assert {one["about"] for one in drawn(installation)} == {*cois}
    assert {one["sha256"] for one in drawn(installation)} <= hashes


def test_the_page_tells_how_far_it_is_and_can_be_left(leo, installation):
    """With and without scripts; asked twice it is drawn once, and My work leads back to it."""
    page = begin(leo)
    again = begin(leo)
    told = when_ended(leo, page)
    count = len(listed(leo))

    assert page == again
    assert f"<strong>{count} of {count} records drawn</strong>" in told
    assert re.search(r'<div role="status"><p id="told" data-live>', told)
    assert f'<progress id="progress" class="whole" max="{count}" value="{count}">' in told
    assert "The file is kept until" in told
    assert f'href="{page}">Those that I had drawn last' in leo.get(LIST).text
    assert len(drawn(installation)) == count
    assert leo.get(f"{page}/file").data == leo.get(f"{page}/file").data


def test_one_that_cannot_be_drawn_holds_up_no_other(leo, monkeypatch):
    """It stands on the page and in a file of its own, with the reason, and nothing secret."""
    first, second, *others = listed(leo)
    draws = custody_batch.write_custody_record

    def fails(installation, by, coi, *more):
        if coi == first:
            raise NotPrinted("TOO_LARGE", "It cannot be drawn.", "Call support.")
        if coi == second:
            raise ZeroDivisionError("a secret of nobody's business")
        return draws(installation, by, coi, *more)

    monkeypatch.setattr(custody_batch, "write_custody_record", fails)
    files = taken(leo)
    page = leo.get(f"{TOGETHER}/{KEY}").text

    assert not {f"custody-{coi}.pdf" for coi in (first, second)} & files.keys()
    assert {f"custody-{coi}.pdf" for coi in others} <= files.keys()
    told = files[custody_batch.NOT_DRAWN].decode()
    assert told.startswith(f"{first}: It cannot be drawn. Call support. (")
    assert f"{second}: Something went wrong that nobody foresaw." in told
    assert "2 could not be drawn" in page
    assert "secret" not in told + page


@pytest.mark.parametrize(("most", "told"), [(200, {"coi": "ZZZZ"}), (2, {})])
def test_an_empty_list_and_one_that_is_too_long_are_refused(
    leo, installation, monkeypatch, most, told
):
    """Nothing is drawn, and nothing is on record."""
    monkeypatch.setattr(custody_batch, "MOST", most)
    before = len(documents(installation))

    answer = leo.send(TOGETHER, page=LIST, which="all", key=KEY, **told)

    assert answer.status_code == 422
    assert len(documents(installation)) == before
    assert leo.get(f"{TOGETHER}/{KEY}").status_code == 404


def test_it_goes_on_where_its_process_ended(left, leo, installation):
    """The page says so; those that were drawn are not drawn again."""
    cois = listed(leo)
    early = leo.get(left).text
    installation.clock.advance(batch_runs.LEASE)
    late = leo.get(left).text

    found = gone_on(installation)

    assert found == 1
    assert f"<strong>1 of {len(cois)} records drawn</strong>" in early
    assert "it goes on by itself" in late
    assert leo.get(f"{left}/file").status_code == 200
    assert len(drawn(installation)) == len(cois)


def test_where_no_process_goes_on_somebody_lets_it(left, leo, installation):
    """There is a button for it, and no file before all have ended."""
    installation.clock.advance(batch_runs.LEASE + batch_runs.QUIET)
    page = leo.get(left).text
    early = leo.get(f"{left}/file")

    answer = leo.send(f"{left}/go-on", page=left)
    when_ended(leo, left)

    assert "Go on now" in page
    assert "or could not go on" in page
    assert (early.status_code, answer.status_code) == (404, 303)
    assert len(unpacked(leo.get(f"{left}/file").data)) == len(listed(leo)) + 1


def test_it_is_stopped_and_what_is_drawn_is_fetched(left, leo, installation):
    """Stopped twice it is stopped once, and nothing goes on with it."""
    first, *others = listed(leo)
    stops = [leo.send(f"{left}/stop", page=left) for _ in "ab"]
    leo.send(f"{left}/go-on", page=left)
    installation.clock.advance(batch_runs.LEASE)
    gone_on(installation)

    page, files = leo.get(left).text, unpacked(leo.get(f"{left}/file").data)

    assert [one.status_code for one in stops] == [303, 303]
    assert "It was stopped." in page
    assert "Go on now" not in page
    assert [*files] == [f"custody-{first}.pdf", custody_batch.NOT_DRAWN, "MANIFEST.sha256"]
    assert f"{len(others)} more were not drawn" in files[custody_batch.NOT_DRAWN].decode()


def test_stopped_while_one_is_drawn_it_keeps_no_more(leo, installation, monkeypatch):
    """The one that was being drawn at that moment is no copy: neither counted nor in the file."""
    draws, by = documents_drawn.custody_record, by_leo(installation)

    def stopped_meanwhile(*told, **more):
        custody_batch.stop_records(installation, by, KEY)
        return draws(*told, **more)

    monkeypatch.setattr(documents_drawn, "custody_record", stopped_meanwhile)
    page = begin(leo)
    RUNS.known[KEY].thread.join()

    view = records_view(installation, by, KEY)
    assert (view.is_stopped, view.drawn, view.can_be_fetched) == (True, 0, False)
    assert drawn(installation) == []
    assert leo.get(f"{page}/file").status_code == 404


def test_stopped_right_after_one_was_counted_it_is_in_the_file(leo, installation, monkeypatch):
    """Whatever is counted can be fetched; the page says what became of the others."""
    keeps, by = custody_batch.patiently, by_leo(installation)

    def stopped_then(work):
        told = keeps(work)
        if drawn(installation):
            custody_batch.stop_records(installation, by, KEY)
        return told

    with monkeypatch.context() as patched:
        patched.setattr(custody_batch, "patiently", stopped_then)
        page = begin(leo)
        RUNS.known[KEY].thread.join()

    (one,) = drawn(installation)
    files = unpacked(leo.get(f"{page}/file").data)
    assert sha256(files[f"custody-{one['about']}.pdf"]).hexdigest() == one["sha256"]
    assert "nor counted as copies" in files[custody_batch.NOT_DRAWN].decode()


def test_the_page_says_what_became_of_the_one_that_was_being_drawn(left, leo):
    """As somebody stops it."""
    leo.send(f"{left}/stop", page=left)

    assert "A record that was being drawn is not among them, nor counted" in leo.get(left).text


def test_a_process_that_ends_as_a_copy_is_counted_leaves_none(leo, installation, monkeypatch):
    """Of both, or of neither: the copy that goes on record, and the one that is kept."""
    keeps = store.keep_part

    def ends(*told):
        keeps(*told)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(store, "keep_part", ends)
        patched.setattr(Runs, "begin", lambda *_told: None)
        begin(leo)
        with pytest.raises(SystemExit):
            custody_batch.draw_claimed(installation, batch_runs.taken(installation, KEY))

    assert drawn(installation) == []
    assert installation.read(lambda tx: store.parts_of(tx, KEY)) == {}


def test_a_record_for_which_the_database_was_busy_is_drawn_again(leo, installation, monkeypatch):
    """Some times; nobody is told of it, and no copy is lost."""
    draws, busy = custody_batch.write_custody_record, []

    def waits(*told):
        busy.append(told[2])
        if busy.count(told[2]) < batch_runs.MOST_TIMES:
            raise Busy
        return draws(*told)

    monkeypatch.setattr(batch_runs, "_PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr(custody_batch, "write_custody_record", waits)
    page = begin(leo)
    told, count = when_ended(leo, page), len(listed(leo))

    assert f"<strong>{count} of {count} records drawn</strong>" in told
    assert len(drawn(installation)) == count
    assert len(busy) == count * batch_runs.MOST_TIMES


def test_one_for_which_the_database_is_always_busy_is_told(leo, installation, monkeypatch):
    """It is not tried for ever, and holds up no other."""
    first, *others = listed(leo)
    draws, tried = custody_batch.write_custody_record, []

    def waits(*told):
        if told[2] == first:
            tried.append(first)
            raise Busy
        return draws(*told)

    monkeypatch.setattr(batch_runs, "_PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr(custody_batch, "write_custody_record", waits)
    told = when_ended(leo, begin(leo))

    assert len(tried) == batch_runs.MOST_TIMES
    assert "1 could not be drawn" in told
    assert "(BUSY)" in told
    assert len(drawn(installation)) == len(others)


def test_a_list_whose_process_could_not_say_that_it_lives_goes_on(leo, installation, monkeypatch):
    """Where the database was busy for long, the list waits as it does for a full disk."""

    def busy(*_told):
        raise Busy

    with monkeypatch.context() as patched:
        patched.setattr(batch_runs, "_PAUSES", ())
        patched.setattr(store, "say_alive", busy)
        page = begin(leo)
        RUNS.known[KEY].thread.join()
        waits = leo.get(page).text
    installation.clock.advance(batch_runs.LEASE)

    assert gone_on(installation) == 1
    assert '<span class="code">BUSY</span>' in waits
    assert len(drawn(installation)) == len(listed(leo))


# -- how many at once ------------------------------------------------------------------------------


@pytest.fixture
def three(leo, monkeypatch):
    """As many lists as are drawn at once for one person: their pages, and how to begin another."""
    monkeypatch.setattr(Runs, "begin", lambda *_told: None)
    return [begin(leo, f"list-{n}") for n in range(batch_runs.MOST_GOING)]


def another(browser, key="one-more"):
    """Ask for one more list."""
    return browser.send(TOGETHER, page=LIST, which="all", key=key)


def test_no_more_lists_than_three_are_drawn_at_once_for_one_person(three, leo, someone):
    """The next one is refused, with what can be done; asked for again an old one is the same."""
    refused, again, of_lena = another(leo), another(leo, "list-0"), another(someone("lena"))

    assert refused.status_code == 409
    for told in ("BATCHES_GOING", "3 lists or batches of yours go on already", "or stop one"):
        assert told in refused.text
    assert leo.get(f"{TOGETHER}/one-more").status_code == 404
    assert again.headers["Location"] == three[0]
    assert of_lena.status_code == 303, of_lena.text


@pytest.mark.usefixtures("three")
def test_after_one_was_stopped_another_one_is_begun(leo):
    """My work leads to each, whichever session began it."""
    page = leo.get(LIST).text
    leo.send(f"{TOGETHER}/list-1/stop", page=f"{TOGETHER}/list-1")
    before = another(leo)
    after = leo.get(LIST).text

    assert all(f'href="{TOGETHER}/list-{n}"' in page for n in range(3))
    assert page.count("being drawn</span>") == 3
    assert before.status_code == 303, before.text
    assert '<span class="tag">stopped</span>' in after


@pytest.mark.usefixtures("three")
def test_my_work_lists_each_that_goes_on_and_few_that_have_ended(leo, installation):
    """However many somebody had drawn within the hour."""
    for n in range(3, 9):
        installation.transact(lambda tx, n=n: store.stop(tx, f"list-{n - 1}", NOW))
        assert another(leo, f"list-{n}").status_code == 303

    page = leo.get(LIST).text

    listed_now = re.findall(rf'href="{TOGETHER}/(list-\d+)"', page)
    assert {"list-0", "list-1", "list-8"} <= {*listed_now}
    assert len(listed_now) == 6


@pytest.mark.usefixtures("three")
def test_what_had_ended_does_not_go_on_beside_three_others(leo, installation):
    """It is stopped all the same, and what is drawn of it is fetched."""
    installation.transact(lambda tx: store.end(tx, "list-0", store.ENDED, NOW))
    assert another(leo).status_code == 303

    on = leo.send(f"{TOGETHER}/list-0/go-on", page=f"{TOGETHER}/list-0")
    stopped = leo.send(f"{TOGETHER}/list-0/stop", page=f"{TOGETHER}/list-0")

    assert (on.status_code, stopped.status_code) == (409, 303)
    assert "It was stopped." in leo.get(f"{TOGETHER}/list-0").text


# -- a clock that is set back ----------------------------------------------------------------------


def test_a_list_is_not_taken_for_being_drawn_after_the_clock_was_set_back(leo, installation):
    """Its process has ended; whoever said until when it lives said so by another clock."""
    page = begin_and_leave(leo, installation)
    installation.clock.advance(-AHEAD)
    waits = leo.get(page).text

    found = gone_on(installation)

    assert "Go on now" in waits
    assert found == 1
    assert records_view(installation, by_leo(installation), KEY).drawn == len(listed(leo))


def test_a_button_lets_it_go_on_after_the_clock_was_set_back(leo, installation):
    """Also where nobody looks after what was left."""
    page = begin_and_leave(leo, installation)
    installation.clock.advance(-AHEAD)

    answer = leo.send(f"{page}/go-on", page=page)
    RUNS.known[KEY].thread.join()

    assert answer.status_code == 303
    assert records_view(installation, by_leo(installation), KEY).drawn == len(listed(leo))


def test_what_has_ended_is_kept_an_hour_after_the_clock_was_set_back(leo, installation):
    """And not until that clock would have shown the hour."""
    when_ended(leo, begin(leo))
    installation.clock.advance(-timedelta(days=1))
    BatchUpkeep(installation).step()
    kept = installation.read(lambda tx: store.run(tx, KEY))
    installation.clock.advance(batch_runs.KEPT)
    BatchUpkeep(installation).step()

    assert kept is not None
    assert installation.read(lambda tx: store.run(tx, KEY)) is None


def begin_and_leave(browser, installation):
    """A list whose process ended before its first record, by a clock that was ahead."""
    installation.clock.advance(AHEAD)
    again = Runs.begin
    Runs.begin = lambda *_told: None
    try:
        page = begin(browser)
        assert batch_runs.taken(installation, KEY) is not None
    finally:
        Runs.begin = again
    return page


def test_it_is_its_own_persons(leo, someone):
    """Nobody else looks at it, stops it, lets it go on or fetches it (SEC-07)."""
    page = begin(leo)
    when_ended(leo, page)
    lena = someone("lena")

    answers = [
        *(lena.get(f"{page}{of}") for of in ("", "/file")),
        *(lena.send(f"{page}/{deed}", page="/") for deed in ("stop", "go-on")),
        lena.send(TOGETHER, page=LIST, which="all", key=KEY),
    ]

    assert [one.status_code for one in answers] == [404, 404, 404, 404, 422]


def test_after_an_hour_nothing_of_it_is_kept(leo, installation):
    """Neither the records nor who asked for them; on record it stays who had them."""
    page = begin(leo)
    when_ended(leo, page)
    by = by_leo(installation)
    installation.clock.advance(batch_runs.KEPT)
    BatchUpkeep(installation).step()

    assert custody_batch.kept_records(installation, by) == ()
    assert installation.read(lambda tx: store.parts_of(tx, KEY)) == {}
    assert drawn(installation)


def test_what_is_kept_is_sealed(leo, installation):
    """Whoever reads the database reads no record (SEC-08)."""
    when_ended(leo, begin(leo))

    part = installation.read(lambda tx: store.part(tx, KEY, 0))

    assert re.fullmatch("[0-9a-f]+", part.sealed)
    assert b"%PDF" not in bytes.fromhex(part.sealed)


def test_it_does_not_go_on_for_whom_may_see_it_no_more(left, installation, root):
    """Whose account was closed meanwhile: no further record is drawn."""
    close_account(installation, root, "leo", why="Left the house")
    installation.clock.advance(batch_runs.LEASE)

    gone_on(installation)

    assert RUNS.error_of(KEY).code == "SIGNED_OUT"
    assert len(drawn(installation)) == 1
    assert left.endswith(KEY)


def test_what_is_theirs_no_longer_is_not_in_the_file(leo, installation, root):
    """Who lost their role since fetches none of what they saw by it."""
    when_ended(leo, begin(leo))
    by = by_leo(installation)
    known = authenticate(installation, "leo", PASSWORD)
    person = installation.read(lambda tx: custody_batch.acting(tx, known).person)
    for role, unit in sorted(person.roles):
        grant_role(installation, root, "leo", role, unit, holds=False, why="Moved on")

    files = unpacked(fetch_records(installation, by, KEY))

    assert [*files] == [custody_batch.NOT_DRAWN, "MANIFEST.sha256"]


def test_a_bad_key_begins_nothing(leo):
    """It would stand in an address."""
    answer = leo.send(TOGETHER, page=LIST, which="all", key="")

    assert answer.status_code == 422


def test_one_list_is_drawn_at_a_time(leo, installation, monkeypatch):
    """Another one waits, says that it lives, and may be stopped meanwhile."""
    monkeypatch.setattr(custody_batch, "_WAITS", 0.02)
    by = by_leo(installation)
    with custody_batch.ONE_AT_A_TIME:
        begin_records(installation, by, Wanted(which=ALL), KEY)
        time.sleep(0.1)
        waiting = records_view(installation, by, KEY)
        custody_batch.stop_records(installation, by, KEY)
        RUNS.known[KEY].thread.join()

    assert (waiting.drawn, waiting.is_drawn) == (0, True)
    assert leo.get(f"{TOGETHER}/{KEY}").status_code == 200
    assert drawn(installation) == []


def cois_kept(installation):
    """Of which therapies a record is kept to be fetched."""
    parts = installation.read(lambda tx: store.parts_of(tx, KEY))
    return {told.removeprefix(store.DRAWN_OF) for told in parts.values()}


def erase(installation, coi):
    """Who the patient of a therapy is, is known no more."""
    installation.transact(lambda tx: destroy_identity(tx, patient_of(tx, coi)))


def test_what_was_drawn_before_the_patient_was_erased_is_kept_no_more(leo, installation):
    """Nobody fetches from a list what the record itself no longer tells."""
    when_ended(leo, begin(leo))
    coi, *_others = drawn_before = sorted(cois_kept(installation))

    erase(installation, coi)

    assert drawn_before
    assert cois_kept(installation) == {*drawn_before} - {
        one for one in drawn_before if same_patient(installation, one, coi)
    }


def same_patient(installation, one, other):
    """Two therapies are of one patient."""
    return installation.read(lambda tx: patient_of(tx, one) == patient_of(tx, other))


def test_what_is_being_drawn_as_the_patient_is_erased_is_drawn_anew(leo, installation, monkeypatch):
    """It shows what was there a moment before: it is no copy, and the next one is."""
    draws, asked = documents_drawn.custody_record, []

    def interrupted(here, coi, *rest, **more):
        record = draws(here, coi, *rest, **more)
        asked.append(coi)
        if len(asked) == 1:
            erase(installation, coi)
        return record

    monkeypatch.setattr(batch_runs, "_PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr(documents_drawn, "custody_record", interrupted)
    when_ended(leo, begin(leo))

    first = asked[0]
    assert asked.count(first) == 2
    assert [one["about"] for one in drawn(installation)].count(first) == 1
    assert first in cois_kept(installation)
