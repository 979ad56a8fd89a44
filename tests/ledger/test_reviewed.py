"""Whether a trail was reviewed before a release, told from the entries of all chains together."""

import pytest
from sqlalchemy import Engine

from coi.ledger.findings import Finding
from coi.ledger.registered import Registered
from coi.ledger.replay import State
from coi.ledger.reviewed import UNREVIEWED, Unread, check_grown, check_reviews, releases_in
from coi.store.engine import read
from coi.store.read_ledger import LedgerRows
from tests.ledger.conftest import Attack
from workflows.label_life import LabelDeed
from workflows.transcribing import TRANSCRIBED

RELEASES = {("bags", 1): frozenset({("lot", "release", "filled", "released")})}
RELEASED = {
    "machine": "lot",
    "action": "release",
    "from": {"state": "filled"},
    "to": {"state": "released"},
}
WEIGHED = {**RELEASED, "action": "weigh", "to": {"state": "filled"}}
QUIRIN = "P-QUIRIN"


def an_entry(action="weigh", kind="therapy", moves=(WEIGHED,)):
    """A step of a therapy; one that moves nothing has no list of moves."""
    return {"kind": kind, "action": action, **({"moves": moves} if moves else {})}


RELEASE = an_entry("release", moves=(WEIGHED, RELEASED))
REFUSED = an_entry(kind="refused", moves=())
READ_BACK = an_entry(LabelDeed.CONFIRM.value, moves=())


def a_review(coi, entry, signer=QUIRIN):
    """A review up to an entry of a therapy, with who signed below it."""
    read = {"kind": "trail_review", "about": coi, "entry": str(entry), "hash": f"{coi}-{entry}"}
    told = {"chain": "site:works", "seq": 1, "recorded_at": "-", "actor": QUIRIN, "document": read}
    signed = {"person": signer, "printed_name": "Quirin"}
    return told, [signed] if signer else []


@pytest.fixture
def registered():
    """What the chains registered so far."""
    found = Registered()
    yield found
    found.close()


def tell(registered, entries, coi="COI-A"):
    """A therapy's chain; the hash of each entry says which one it is."""
    unread, state = Unread(), State(coi, workflow="bags", version=1, patient="PAT")
    for seq, content in enumerate(entries):
        state.seq = seq
        unread.tell(state, content, f"{coi}-{seq}", (RELEASES, registered))


def found(registered):
    """The places in which a release stands behind no review."""
    findings = []
    check_reviews(registered, findings)
    return [(one.chain, one.seq) for one in findings]


def test_a_release_without_a_review_is_named_by_its_entry(registered):
    """And no other step (A11d-12.8)."""
    tell(registered, [an_entry(), an_entry(), RELEASE, an_entry()])

    assert found(registered) == [("COI-A", 2)]


def test_a_finding_says_what_was_not_reviewed(registered):
    """The entry of the release, by the name that other findings give it."""
    tell(registered, [an_entry(), RELEASE])
    findings = []

    check_reviews(registered, findings)

    assert findings == [Finding("entry", "COI-A/1", "COI-A", 1, UNREVIEWED)]


def test_where_chains_grew_the_reviews_of_each_therapy_are_looked_up(registered):
    """Each release is asked of its own therapy's reviews, and named where none covers it."""
    for coi in ("COI-A", "COI-B", "COI-C"):
        tell(registered, [an_entry(), RELEASE], coi)
    reviewed = {"COI-A": {"COI-A-0"}, "COI-B": {"COI-A-0"}, "COI-C": {"COI-C-1"}}
    findings = []

    check_grown(registered, lambda coi: frozenset(reviewed[coi]), findings)

    assert findings == [
        Finding("entry", f"{coi}/1", coi, 1, UNREVIEWED) for coi in ("COI-B", "COI-C")
    ]


@pytest.mark.parametrize(
    ("entry", "named"), [(0, True), (1, False), (2, False), (3, False), (4, True)]
)
def test_a_review_reaches_to_the_last_entry_that_counts(registered, entry, named):
    """What was refused, and a label that was read back, leave it as it is; a step does not."""
    tell(registered, [an_entry(), an_entry(), REFUSED, READ_BACK, RELEASE])
    registered.add(*a_review("COI-A", entry))

    assert bool(found(registered)) is named


def test_a_refusal_that_changed_something_is_reviewed_too(registered):
    """A wrong bag that was scanned opened an exception: that is in no review before it."""
    tell(registered, [an_entry(), an_entry(kind="refused"), RELEASE])
    registered.add(*a_review("COI-A", 0))

    assert found(registered) == [("COI-A", 2)]


@pytest.mark.parametrize(
    "review",
    [a_review("COI-B", 1), a_review("COI-A", 1, signer="P-NINA"), a_review("COI-A", 1, signer="")],
)
def test_what_is_no_review_of_it_covers_nothing(registered, review):
    """That of another therapy, one that somebody else signed, and one that nobody signed."""
    tell(registered, [an_entry(), an_entry(), RELEASE])
    registered.add(*review)

    assert found(registered) == [("COI-A", 2)]


def test_each_of_several_releases_is_asked(registered):
    """The second release of a therapy has a review of its own, or none."""
    for coi in ("COI-A", "COI-B", "COI-C"):
        tell(registered, [an_entry(), RELEASE, an_entry(), RELEASE], coi)
        registered.add(*a_review(coi, 0))
    registered.add(*a_review("COI-A", 2))
    registered.add(*a_review("COI-C", 1))

    assert found(registered) == [("COI-B", 3), ("COI-C", 3)]


@pytest.mark.parametrize("coi", ["A", "ZZZ", "zzz"])
def test_a_release_is_named_whatever_other_reviews_there_are(registered, coi):
    """None, or those of therapies that are told before it and behind it."""
    tell(registered, [an_entry(), RELEASE], coi)
    assert found(registered) == [(coi, 1)]

    registered.add(*a_review("COI-A", 0))

    assert found(registered) == [(coi, 1)]


def test_a_workflow_that_nobody_can_read_releases_nothing(registered):
    """Its text is asked about elsewhere."""
    unread, state = Unread(), State("COI-A", workflow="boxes", version=1, patient="PAT")

    unread.tell(state, RELEASE, "COI-A-0", (RELEASES, registered))

    assert found(registered) == []


def test_what_releases_a_lot_is_read_from_each_workflow(history: Engine, attack: Attack):
    """From its text; a workflow that nobody can read says nothing, and hides none behind it."""
    attack(
        "INSERT INTO workflow SELECT 'a', 1, hash, 'no text', transitions, chain, seq FROM workflow"
    )
    attack(
        "INSERT INTO workflow SELECT 'z', 2, hash, 'a text', transitions, chain, seq FROM workflow"
        " WHERE name = 'bags'"
    )

    def releasing(text):
        if text == "no text":
            raise ValueError
        return frozenset({("lot", text, "-", "-")})

    with read(history) as connection:
        told = releases_in(LedgerRows(connection), releasing)
        untold = releases_in(LedgerRows(connection), None)

    assert told.keys() == {("bags", 1), ("z", 2)}
    assert told["z", 2] == {("lot", "a text", "-", "-")}
    assert untold == {}


def test_what_is_copied_from_paper_was_decided_by_the_paper(registered):
    """There was no trail to be reviewed."""
    tell(registered, [an_entry(), {**RELEASE, "kind": TRANSCRIBED}])

    assert found(registered) == []


def test_chains_that_others_told_are_compared_together(registered):
    """The review may stand in a chain that another process looked along."""
    tell(registered, [an_entry(), RELEASE])
    later = Registered(first=1 << 40)
    later.add(*a_review("COI-A", 0))

    assert found(registered) == [("COI-A", 1)]
    registered.absorb(later)
    assert found(registered) == []
