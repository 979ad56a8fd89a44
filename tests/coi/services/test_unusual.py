"""Which entries are looked at first, and why: the rule, and the sieve of the database before it."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select, text

from coi.services.gaps import NOT_RECORDING
from coi.services.stepped import ACCEPTED, STEPPED
from coi.services.unusual import OF_ACTION, WORDS, Unusual, unusual_in
from coi.store.tables_entry import entry
from coi.store.unusual import is_marked

DOCUMENT = Path(__file__).parents[3] / "docs" / "audit-trail.md"
ORDINARY = {
    "kind": "act",
    "action": "collect",
    "scans": [{"how": "scanned"}, {"how": "camera"}],
    "moves": [{"action": "collect", "machine": "lot"}],
    "values": [{"within": "yes", "revision": 1}],
    "labels": [{"serial": "B-1"}],
    "label_turns": [{"how": "scanned"}],
    "wristbands": [{"issue": 1, "patient": "P"}],
    "document": {"copy": "1"},
    "notes": {"refusal_1": "x"},
}
UNUSUAL = {
    Unusual.REFUSED: {"kind": "refused"},
    Unusual.UNREAD: {"notes": {"unread_1": "x"}},
    Unusual.MISMATCH: {"kind": "incident"},
    Unusual.EXCEPTION: {"moves": [{"action": "open_exception", "machine": "exception"}]},
    Unusual.RULES_BROKEN: {"notices": ["RULES_BROKEN"]},
    Unusual.DISPENSATION: {"moves": [{"action": "grant", "machine": "dispensation"}]},
    Unusual.OUT_OF_LIMITS: {"values": [{"within": "no", "revision": 1}]},
    Unusual.STOPPED: {"kind": "hold"},
    Unusual.LATE: {"kind": "late"},
    Unusual.COPIED: {"kind": "transcribed"},
    Unusual.TYPED: {"scans": [{"how": "typed"}]},
    Unusual.REPRINTED: {"labels": [{"replaces": "B-0"}]},
    Unusual.CORRECTED: {"action": "correct_value"},
    Unusual.MOVED: {"kind": "migrate"},
    Unusual.TAKEN_OVER: {"action": "take_over_step", "notices": ["NOT_HANDED_OVER"]},
    Unusual.WARNED: {"notices": ["LOGGER_NOT_READ"]},
    Unusual.ESCALATED: {"action": "escalate_alarm"},
    Unusual.CLOCK: {"kind": "site", "action": "check_clock"},
    Unusual.IN_DOUBT: {"kind": "site", "action": "verification_failed"},
    Unusual.ERASED: {"kind": "site", "action": "erase_patient"},
    Unusual.ACCESS: {"kind": "site", "action": "refuse_sign_in"},
    Unusual.EMERGENCY: {"kind": "site", "action": "break_glass"},
}
ALSO = (
    (Unusual.STOPPED, {"kind": "lift"}),
    (Unusual.EMERGENCY, {"action": "review_break_glass"}),
    (Unusual.TYPED, {"label_turns": [{"how": "typed"}]}),
    (Unusual.TYPED, {"notices": ["TYPED"]}),
    (Unusual.LATE, {"notices": ["LATE_ENTRY"]}),
    (Unusual.REPRINTED, {"wristbands": [{"issue": 2, "patient": "P"}]}),
    (Unusual.REPRINTED, {"wristbands": [{"issue": 12, "patient": "P"}]}),
    (Unusual.REPRINTED, {"document": {"copy": "2"}}),
    (Unusual.REPRINTED, {"document": {"copy": "10"}}),
    (Unusual.REPRINTED, {"action": "print_label_anew"}),
    *((Unusual.CLOCK, {"action": one}) for one in (STEPPED, ACCEPTED, NOT_RECORDING)),
    *((Unusual.IN_DOUBT, {"action": one}) for one in ("accept_findings", "restore")),
    (Unusual.IN_DOUBT, {"action": "replace_checkpoint_key"}),
    *((Unusual.ERASED, {"action": one}) for one in ("erase_code_tables", "refuse_erasure")),
    *((Unusual.ACCESS, {"action": one}) for one in ("lock_account", "lock_beside")),
    *((Unusual.ACCESS, {"action": one}) for one in ("unlock_account", "new_secret", "end_session")),
    (Unusual.ACCESS, {"action": "replace_session"}),
)
EACH = [*UNUSUAL.items(), *ALSO]


@pytest.fixture
def sieved(engine):
    """Tell of each of these contents whether the sieve of a database lets it through."""
    # A table of its own, under the name of the real one: what is sieved needs no chain.
    columns = "kind TEXT, action TEXT, content TEXT"
    asked = select(entry.c.content).where(is_marked())

    def sieve(contents):
        texts = [json.dumps(one, sort_keys=True, separators=(",", ":")) for one in contents]
        rows = [
            {"kind": one["kind"], "action": one["action"], "content": told}
            for one, told in zip(contents, texts, strict=True)
        ]
        with engine.connect() as connection:
            connection.execute(text(f"CREATE TEMP TABLE entry ({columns})"))
            connection.execute(text("INSERT INTO entry VALUES (:kind, :action, :content)"), rows)
            found = set(connection.execute(asked).scalars())
        return [one in found for one in texts]

    return sieve


def test_what_goes_as_it_is_meant_to_go_is_not_unusual(sieved):
    """A step with scans, values within limits, first labels and a first copy is not looked at."""
    assert unusual_in(ORDINARY) == ()
    assert sieved([ORDINARY]) == [False]


@pytest.mark.parametrize(("why", "changed"), EACH)
def test_each_reason_is_found(why, changed):
    """What differs from an ordinary step in one thing is unusual for this reason alone."""
    assert unusual_in(ORDINARY | changed) == (why,)


def test_the_database_holds_back_nothing_that_is_unusual(sieved):
    """What the rule finds passes the sieve of the database, whichever reason it has (A11d-12.7)."""
    changes = [*(changed for _why, changed in EACH), *({"action": one} for one in OF_ACTION)]
    passed = sieved([ORDINARY | one for one in changes])

    held_back = [one for one, passes in zip(changes, passed, strict=True) if not passes]

    assert held_back == []


def test_every_reason_has_its_words_and_its_row_in_the_document():
    """No reason lacks its words; each stands in docs/audit-trail.md as it is shown."""
    document = DOCUMENT.read_text()

    assert set(UNUSUAL) == set(Unusual) == set(WORDS)
    assert [one for one in Unusual if f"| `{one}` | {WORDS[one]} |" not in document] == []
