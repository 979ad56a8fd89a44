"""Which entries a reviewer of the trail looks at first, as a database can tell it from their bytes.

It is a first sieve: what it lets through is judged by `coi.services.unusual`, and nothing that is
unusual there may be held back here. An index keeps what it finds, so the words are fixed.
"""

from sqlalchemy import ColumnElement, Text, and_, func, literal_column, not_, or_

from coi.store.tables_entry import entry

KINDS = ("hold", "incident", "late", "lift", "migrate", "refused", "transcribed")
"""Entries of these kinds are out of the common, whatever they say."""

ACTIONS = (
    *("break_glass", "review_break_glass"),
    *("refuse_sign_in", "lock_account", "lock_beside", "unlock_account", "new_secret"),
    *("refuse_pin", "refuse_badge", "refuse_sign_on", "lock_pin"),
    *("end_session", "replace_session", "check_clock", "verification_failed", "accept_findings"),
    *("clock_stepped", "accept_clock", "not_recording", "captures_forked"),
    *("erase_patient", "erase_code_tables", "erase_again", "refuse_erasure", "restore"),
    *("replace_checkpoint_key", "print_label_anew", "correct_value", "escalate_alarm"),
)
"""So are those of these actions."""

MARKS = (
    '"notices":[',
    '"action":"open_exception"',
    '"machine":"dispensation"',
    '"how":"typed"',
    '"replaces":"',
    '"within":"no"',
    '"unread_1":"',
)
"""And those that hold one of these texts."""

COUNTED = (('"copy":"', '"copy":"1"'), ('"issue":', '"issue":1,'))
"""What is counted is unusual from the second time on: then the second text is not in it."""


def is_marked() -> ColumnElement[bool]:
    """The entry may be one that is looked at first."""
    c = entry.c
    return or_(
        c.kind.in_([*map(_said, KINDS)]),
        c.action.in_([*map(_said, ACTIONS)]),
        *(_holds(mark) for mark in MARKS),
        *(and_(_holds(mark), not_(_holds(first))) for mark, first in COUNTED),
    )


def _holds(mark: str) -> ColumnElement[bool]:
    """Its content holds the text: said with what both databases have, and both can index."""
    content = entry.c.content
    return func.replace(content, _said(mark), _said("")) != content


def _said(text: str) -> ColumnElement[str]:
    # As a column, and not as a text: in that `:1` would be a parameter.
    return literal_column(f"'{text}'", Text())
