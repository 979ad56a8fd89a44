"""A browser keeps the last checkpoint it saw; where the record does not go on from it, it stops."""

import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import expect

from coi.ledger.checkpoint import Checkpoint, read_checkpoint, signed
from coi.services.sequencing import Sequencer
from tests.ledger.proof_vectors import FILE

JUDGED = """async vectors => {
  const bytes = text => Uint8Array.from(text.match(/../g) || [], one => parseInt(one, 16));
  const wrong = [];
  for (const one of vectors) {
    const roots = [bytes(one.first_root), bytes(one.second_root)];
    const told = await grew(one.first, roots[0], one.second, roots[1], one.proof.map(bytes));
    if (told !== one.holds) wrong.push(one);
  }
  return wrong;
}"""
SEEN = "() => localStorage.getItem('coi-head')"


def seen_by(person):
    """The checkpoint that this browser keeps, once it has asked."""
    person.page.wait_for_function(SEEN)
    return read_checkpoint(person.page.evaluate(SEEN).encode())


def test_what_was_seen_goes_on_and_another_history_is_a_stop(sqlite_house, someone):
    """Whoever scans is stopped by every page, and the server is told; no name is kept (TL-21)."""
    Sequencer(sqlite_house.installation).run_until_empty()
    nina = someone(sqlite_house, "nina")
    first = seen_by(nina)
    vectors = [one for one in json.loads(FILE.read_text("utf-8"))["growth"] if one["first"] > 0]
    assert nina.page.evaluate(JUDGED, vectors) == []

    someone(sqlite_house, "omar")  # whose coming in is recorded
    Sequencer(sqlite_house.installation).run_until_empty()
    nina.page.evaluate("() => sessionStorage.clear()")
    nina.open("/")
    nina.page.wait_for_function(f"old => ({SEEN})() !== old", arg=first.text)
    second = seen_by(nina)
    assert second.checkpoint.size > first.checkpoint.size
    assert nina.page.locator("#history").count() == 0

    forged = signed(
        Checkpoint(second.checkpoint.origin, first.checkpoint.size, bytes(32)),
        second.checkpoint.origin,
        Ed25519PrivateKey.generate(),
    )
    nina.page.evaluate("one => localStorage.setItem('coi-head', one)", forged.text)
    nina.page.evaluate("() => sessionStorage.clear()")
    with nina.page.expect_response(lambda one: one.request.method == "POST") as told:
        nina.open("/")
    for path in ("/account", "/"):
        expect(nina.page.get_by_role("alert")).to_contain_text("STOP: history changed")
        assert nina.page.locator("main button:enabled:visible").count() == 0
        nina.open(path)

    assert told.value.status == 422  # no key of this record has signed it
    assert nina.troubles == [f"422: {sqlite_house.served.url}/record/head"]
    nina.troubles.clear()


def test_a_record_that_says_it_was_put_back_goes_on_once_a_person_confirms_it(
    sqlite_house, someone
):
    """Its name begins with the old one, which anybody can write: every page stops until then."""
    Sequencer(sqlite_house.installation).run_until_empty()
    nina = someone(sqlite_house, "nina")
    now = seen_by(nina)
    before, _, _ = now.checkpoint.origin.rpartition("/")
    forged = now.text.replace(now.checkpoint.origin, before)
    nina.page.evaluate("one => localStorage.setItem('coi-head', one)", forged)
    nina.page.evaluate("() => sessionStorage.clear()")

    nina.open("/")
    confirm = nina.page.get_by_role("button", name="Quality assurance has confirmed it: go on")
    expect(confirm).to_be_visible()
    assert nina.page.locator("main button:enabled:visible").count() == 1
    confirm.click()

    nina.page.wait_for_function(f"now => ({SEEN})() === now", arg=now.text)
    nina.open("/")
    assert nina.page.locator("#history").count() == 0
    nina.troubles.clear()
