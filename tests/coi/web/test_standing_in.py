"""Whoever stands in is seen where it matters, and told of what waits past its time."""

from datetime import timedelta

from coi.clock import rfc3339
from coi.demo.cast import PASSWORD
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.people import site_chain
from coi.services.proofs import person_of
from coi.services.therapies import look
from coi.store import tasks
from workflows.possible import decides_release
from workflows.tasks import desk

PAGE = "/standing-in"
WAITS = "waits for a release past its time"


def days_from(installation, first, last):
    """The days of a period, as a form sends them."""
    today = installation.clock.now().date()
    days = {"first": today + timedelta(days=first), "last": today + timedelta(days=last)}
    return {name: day.isoformat() for name, day in days.items()}


def test_a_deputy_is_named_at_the_page_and_told_of_what_is_late(
    someone, installation, lives, monkeypatch
):
    """They and nobody else are told; everybody who could release sees who stands in."""
    coi = lives.cois["in manufacture"]
    quentin, quinn = someone("quentin"), someone("quinn")
    told = {"duty": "name_deputy", "username": "quinn", "post": "qualified_person works"}
    told |= days_from(installation, 0, 3) | {"password": PASSWORD}
    empty = quentin.get(PAGE).text

    wrong = quentin.send(PAGE, page=PAGE, **(told | {"password": "no"}))
    nobody = quentin.send(PAGE, page=PAGE, **(told | {"username": "<b>x", "first": "soon"}))
    done = quentin.send(PAGE, page=PAGE, **told)
    late = [(coi, "2026-01-01T00:00:00.000Z", "release_lot")]
    monkeypatch.setattr(
        "coi.services.release_waits.due_before",
        lambda _tx, place, _until: late if place == desk("qualified_person", "works") else [],
    )
    pages = {one: browser.get("/").text for one, browser in {"a": quentin, "b": quinn}.items()}

    assert "Nobody stands in" in empty
    assert [one.status_code for one in (wrong, nobody, done)] == [401, 422, 303]
    assert "&lt;b&gt;x" in nobody.text
    assert "stands in for Dr. Quentin Release" in quentin.get(PAGE).text
    assert all("Dr. Quinn Release" in page for page in pages.values())
    assert [WAITS in page for page in pages.values()] == [False, True]
    assert f"/therapies/{coi}" in pages["b"]
    assert "Who stands in" not in someone("nina").get("/").text


def test_what_was_due_at_a_place_is_found_there(installation, lives):
    """Of each therapy by its deadline, as it is planned; before that nothing is late."""
    rows = installation.read(
        lambda tx: [(coi, *row) for coi in lives.cois.values() for row in tasks.task_rows(tx, coi)]
    )
    coi, place, _roles, due_at, *_, actions = min(rows, key=lambda row: row[3])

    found, before = (
        installation.read(lambda tx, until=until: tasks.due_before(tx, place, until))
        for until in (due_at.replace("Z", "~"), due_at)
    )

    assert (coi, due_at, actions) in found
    assert before == []


def test_a_release_says_whose_deputy_signed_it(someone, lives, installation):
    """On the page of the therapy, in the block of the signature; by who stood in at that moment."""
    coi, event, signed = next(
        (coi, event, one)
        for coi in lives.cois.values()
        for view in [look(installation, coi)]
        for event in view.history
        for one in event.signatures
        if one.role == "qualified_person"
        and event.action in view.workflow.actions
        and decides_release(view.workflow, view.workflow.actions[event.action])
    )
    other = "quentin" if signed.username != "quentin" else "quinn"
    instead = installation.read(lambda tx: person_of(tx, other))
    page = someone("quentin").get(f"/therapies/{coi}").text
    now = installation.clock.now()
    told = {
        "kind": "standing_in",
        "about": signed.person,
        "for": instead.person.id,
        "role": "qualified_person",
        "site": "works",
        "since": "2026-01-01T00:00:00.000Z",
        "until": rfc3339(now),
    }
    installation.transact(
        lambda tx: write_site_entry(
            tx,
            "name_deputy",
            Occasion(instead.person.id, "-", now),
            Registered(document=told),
            site_chain("works"),
        )
    )

    after = look(installation, coi)

    assert "at that time" not in page
    (found,) = (one for one in after.history if one.seq == event.seq)
    deputies = {one.username: one.deputy_of for one in found.signatures}
    assert deputies[signed.username] == instead.name
    assert (
        f"deputy of {instead.name} at that time" in someone("quentin").get(f"/therapies/{coi}").text
    )
