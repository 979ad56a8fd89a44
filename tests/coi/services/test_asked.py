"""What a key stands for: the whole request, and nothing that anybody could guess."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from coi.services.asked import bad_text, fingerprint
from coi.services.attempt import TakeAction
from coi.services.scanning import Code
from coi.services.vault import Vault
from workflows.facts import NewSubject

VAULT = Vault(b"k" * 32, lambda n: b"n" * n)
WISH = {"coi": "COI-A", "action": "collect", "unit": "north-ward", "key": "once"}
AT_NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)


def of(**changes):
    """The fingerprint of a request with changes."""
    return fingerprint(VAULT, TakeAction(**WISH | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"coi": "COI-B"},
        {"action": "destroy"},
        {"unit": "south-ward"},
        {"consignee": "north-ward"},
        {"codes": (Code("B-1"),)},
        {"named": ("COI-A/5.1",)},
        {"births": (NewSubject("material"),)},
        {"values": {"note": "x"}},
        {"happened_at": AT_NINE},
        {"seen": {"COI-A": 1}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_every_part_of_a_request_counts(changes):
    """Under one key nothing else can be asked, however little it differs."""
    assert of(**changes) != of()


def test_how_a_code_was_entered_counts():
    """A typed serial and a scanned one do not do the same to a strange bag."""
    assert of(codes=(Code("B-1", "typed"),)) != of(codes=(Code("B-1", "scanned"),))


def test_the_order_of_values_does_not_count():
    """A form that is sent again may send its fields in another order."""
    assert of(values={"a": "1", "b": "2"}) == of(values={"b": "2", "a": "1"})


def test_one_moment_in_two_zones_is_one_moment():
    """A tablet that was set to another zone repeats the same request."""
    in_berlin = AT_NINE.astimezone(timezone(timedelta(hours=1)))

    assert of(happened_at=in_berlin) == of(happened_at=AT_NINE)


def test_two_spellings_of_a_letter_are_one_request():
    """One keyboard composes an accent, another one writes it apart."""
    assert of(values={"note": "Jose\u0301"}) == of(values={"note": "Jos\u00e9"})


def test_hostile_text_has_a_fingerprint_too():
    """It is refused later, in words; the fingerprint itself must not fall over it."""
    assert len(of(values={"note": "\ud800\x00\u202e"})) == 64


def test_another_vault_key_gives_another_fingerprint():
    """It stands in the ledger: without the key nobody can try out what a patient may have said."""
    other = Vault(b"o" * 32, VAULT.draw)

    assert fingerprint(other, TakeAction(**WISH)) != of()


def test_a_hash_is_no_name():
    """In the ledger it stands for a text that is kept apart, which would then be missing (T18)."""
    (problem,) = bad_text({"name": "0a" * 32})

    assert (problem.column, "of a hash" in problem.reason) == ("name", True)
    assert [*bad_text({"name": "0a" * 32 + "1"})] == []
