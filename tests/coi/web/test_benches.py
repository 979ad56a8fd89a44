"""The benches on the pages: what is on each, working at one, the changeover, the refusal."""

import re

import pytest

from coi.demo.cast import PASSWORD
from coi.services.people import grant_role
from coi.services.proofs import Proven, person_of
from coi.services.therapies import look
from tests.cast import WHY
from tests.coi.line import UNIT
from tests.coi.web.steps import filled_in, form_on, path_of, put
from tests.coi.web.test_scan_box import scan


@pytest.fixture
def performer(line):
    """The cast, in the world with two lots and two benches."""
    return line.performer


@pytest.fixture
def mia(someone):
    """The browser of who makes."""
    return someone("mia")


def activation(line, browser, coi, bench=None):
    """Send the form of an activation; the bench as the page proposes it, unless one is chosen."""
    wanted, _actor, signers = line.wanted(coi, line.benches[0])
    page = browser.get(path_of(coi, "activate")).text
    told = filled_in(page, wanted, signers)
    if bench is not None:
        told["bench"] = bench
    return browser.client.post(path_of(coi, "activate"), data=told)


def work_at(browser, serial):
    """Press the button on the bench's page."""
    return browser.send(f"/benches/{serial}/work", page=f"/benches/{serial}")


def changeover(browser, serial, *usernames, **changed):
    """Send the form of the changeover, filled in by these people."""
    form = form_on(browser.get(f"/benches/{serial}").text)
    for n, username in enumerate(usernames, start=1):
        form[f"signer-{n}-username"], form[f"signer-{n}-password"] = username, PASSWORD
    put(form, changed)
    return browser.client.post(f"/benches/{serial}/changeover", data=form)


# -- what is on it ---------------------------------------------------------------------------------


def test_my_benches_are_listed_with_what_is_on_them(line, mia):
    """Which therapy, and since when."""
    line.activate(line.first)

    page = mia.get("/benches").text

    assert all(name in page for name in ("Isolator 1", "Isolator 2", "Production"))
    assert f'href="/therapies/{line.first}"' in page
    assert "nothing: it is cleared" in page


def test_a_unit_without_benches_is_taught_what_they_are_for(someone):
    """An empty page would look broken."""
    assert "no registered benches" in someone("leo").get("/benches").text


def test_another_sites_bench_answers_like_an_unknown_one(line, someone):
    """To look, to work, to clear, and to the scan box (SEC-07, SEC-27)."""
    leo = someone("leo")
    known, unknown = line.benches[0], "L-TEST-00000000-0"

    for end in ("", "/work", "/changeover"):
        answers = [
            leo.send(f"/benches/{one}{end}", page="/") if end else leo.get(f"/benches/{one}")
            for one in (known, unknown)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
    assert "not known here" in scan(leo, known).text


def test_a_scanned_bench_says_what_is_on_it_and_lets_one_work_there(line, mia):
    """Its label is enough."""
    line.activate(line.first)

    page = scan(mia, line.benches[0]).text

    assert "Bench: Isolator 1" in page
    assert line.first in page
    assert "Work at Isolator 1" in page


def test_a_bench_beside_another_therapys_order_is_told_loudly(line, mia):
    """Before anybody puts it down there."""
    line.activate(line.first)

    assert "These are of two therapies" in scan(mia, line.benches[0], line.second).text


# -- working at one --------------------------------------------------------------------------------


def test_every_page_says_at_which_bench_one_works(line, mia):
    """With what is on it, until one leaves."""
    work_at(mia, line.benches[0])
    assert "Bench: Isolator 1 (cleared)" in mia.get("/").text
    line.activate(line.first)
    assert f"Bench: Isolator 1 ({line.first})" in mia.get("/").text

    mia.send("/benches/leave", page="/benches")

    assert "Bench: Isolator 1" not in mia.get("/").text


def test_somebody_of_another_unit_of_the_site_does_not_work_there(line, someone):
    """Whoever may look need not work there."""
    for browser, status in ((someone("mia"), 303), (someone("leo"), 404)):
        answer = browser.send(f"/benches/{line.benches[0]}/work", page="/")

        assert answer.status_code == status


def test_a_hands_on_step_is_taken_at_the_bench_where_one_works(line, mia):
    """The form proposes it, and the step opens it."""
    work_at(mia, line.benches[1])

    answer = activation(line, mia, line.first)

    assert answer.status_code == 303
    assert line.bench(line.benches[1]).holds == line.first
    assert look(line.installation, line.first).history[-1].content["bench"] == line.benches[1]


def test_what_is_not_hands_on_asks_for_no_bench(line, mia):
    """A hold is no work at a bench."""
    assert 'name="bench"' in mia.get(path_of(line.first, "activate")).text
    assert 'name="bench"' not in mia.get(path_of(line.first, "hold_therapy")).text


def test_a_step_at_a_bench_that_holds_another_therapy_is_refused(line, mia):
    """Said when the form is opened, and again when it is sent; the way out stands beside."""
    line.activate(line.second)
    work_at(mia, line.benches[0])

    opened = mia.get(path_of(line.first, "activate")).text
    sent = activation(line, mia, line.first)

    for page in (opened, sent.text):
        assert "BENCH_HOLDS_ANOTHER" in page
        assert f'href="/benches/{line.benches[0]}"' in page
    assert sent.status_code == 409
    assert look(line.installation, line.first).history[-1].kind == "refused"


@pytest.mark.parametrize(("bench", "status"), [("", 409), ("L-TEST-00000000-0", 422)])
def test_a_bench_that_is_none_is_told(line, mia, bench, status):
    """Left out it is a refusal on record; one that the page did not offer is a slip."""
    assert activation(line, mia, line.first, bench).status_code == status


# -- the changeover --------------------------------------------------------------------------------


@pytest.fixture
def opened(line):
    """The serial of a bench with the first therapy on it."""
    line.activate(line.first)
    return line.benches[0]


def test_a_changeover_is_signed_by_two_on_one_page(line, mia, opened):
    """It says that it was done, and the bench is cleared."""
    answer = changeover(mia, opened, "mia", "max")

    assert answer.status_code == 303
    assert "Done: changeover of Isolator 1." in mia.get(answer.headers["Location"]).text
    assert line.bench().holds == "-"


@pytest.mark.parametrize(
    ("usernames", "changed", "answered"),
    [
        (("mia", "mia"), {}, (409, "SAME_PERSON")),
        (("mia", "milo"), {}, (422, "is nobody who may sign this here")),
        (("milo", "max"), {}, (409, "ACTOR_DOES_NOT_SIGN")),
        (("mia", "max"), {"holds": "TEST-00000000-0"}, (409, "BENCH_CHANGED")),
        (("mia", "max"), {"key": ""}, (422, "DATA_REFUSED")),
        (("mia", "max"), {"holds": "\x00"}, (422, "DATA_REFUSED")),
        (("mia", "max"), {"signer-2-password": "wrong"}, (422, "is wrong")),
        (("mia", "max"), {"signer-2-username": ""}, (422, "is nobody who")),
    ],
)
def test_a_changeover_that_is_not_one_is_refused_and_nothing_lost(
    line, mia, opened, usernames, changed, answered
):
    """Every reason, and the names as they were typed; no password."""
    status, said = answered

    answer = changeover(mia, opened, *usernames, **changed)

    assert answer.status_code == status
    assert said in answer.text
    assert f'value="{usernames[0]}"' in answer.text
    assert PASSWORD not in answer.text
    assert line.bench().holds == line.first


def test_a_changeover_that_is_sent_twice_is_done_once(line, mia, opened):
    """A second click has no second effect."""
    form = form_on(mia.get(f"/benches/{opened}").text)
    for n, username in enumerate(("mia", "max"), start=1):
        form[f"signer-{n}-username"], form[f"signer-{n}-password"] = username, PASSWORD

    answers = [mia.client.post(f"/benches/{opened}/changeover", data=form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert line.bench().holds == "-"


def test_a_cleared_bench_asks_for_no_changeover(line, mia):
    """There is nothing to sign for."""
    assert "Sign the changeover" not in mia.get(f"/benches/{line.benches[0]}").text


# -- registering -----------------------------------------------------------------------------------


def test_an_administrator_registers_a_bench_and_retires_it(line, administrator):
    """The page names the serial for its label."""
    answer = administrator.send("/benches/new", "/benches/new", unit=UNIT, name="Hood", key="k")
    page = administrator.get(answer.headers["Location"]).text
    serial = re.search(r"bears the serial (L-TEST-\S+)\.", page)

    retired = administrator.send(f"/benches/{serial[1]}/retire", "/benches/new", why=WHY)

    assert retired.status_code == 303
    assert "Hood" not in administrator.get("/benches/new").text
    assert line.first not in page


@pytest.mark.parametrize(
    ("unit", "name", "said"),
    [("", "Hood", "choose a unit"), (UNIT, " ", "visible characters"), (UNIT, "Isolator 1", "has")],
)
def test_a_bench_that_cannot_be_registered_is_told_beside_its_field(
    administrator, unit, name, said
):
    """And what was typed is still there."""
    answer = administrator.send("/benches/new", "/benches/new", unit=unit, name=name, key="k")

    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_only_administrators_register_benches(line, mia):
    """Nobody takes a bench out of the rule, or brings one in, who works there."""
    assert mia.get("/benches/new").status_code == 403
    assert mia.send(f"/benches/{line.benches[0]}/retire", "/").status_code == 403


def test_whose_role_was_taken_away_is_shown_no_bench_any_more(line, mia, performer):
    """What lies there is not theirs to see from that moment on (SEC-09)."""
    work_at(mia, line.benches[0])
    before = mia.get("/account").text
    root = performer.installation.read(lambda tx: person_of(tx, "root"))
    by = Proven("root", root.person.id, root.credential)
    for unit in ("works-production", "works-store"):
        grant_role(
            performer.installation,
            by,
            "mia",
            "manufacturing_technician",
            unit,
            holds=False,
            why=WHY,
        )

    page = mia.get("/account").text

    assert "Bench: Isolator 1" in before
    assert "Bench: Isolator 1" not in page
