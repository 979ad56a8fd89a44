"""A signature as it is shown, the same everywhere: on pages, on paper, in tables and in JSON."""

import re
from datetime import datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from coi.clock import parse_rfc3339
from coi.reports.custody_contents import Signature
from coi.reports.wording import signature_block
from coi.services.decoding import signatures_of_text
from coi.services.therapies import Signed, signed_of
from coi.store.entries import signed_text
from coi.store.people import usernames_of
from coi.store.registers import texts_of
from coi.store.transactions import Transaction

_ABBREVIATED: Final = re.compile(r"\b(qa|qc)\b")


def shown(one: Signed, zone: tzinfo) -> Signature:
    """Who signed, and when by the clock of the place."""
    at = signed_at(one, zone)
    role = role_in_words(one.role)
    return Signature(one.meaning, one.printed_name, role, at, one.username, one.deputy_of)


def signed_at(one: Signed, zone: tzinfo) -> datetime:
    """When it was signed, by the clock of the place."""
    return parse_rfc3339(one.signed_at).astimezone(zone)


def block(one: Signed, time_zone: str) -> tuple[str, ...]:
    """The lines in which it is shown, at a site of this time zone."""
    return signature_block(shown(one, ZoneInfo(time_zone)))


def signatures_in(tx: Transaction, chain: str, seq: int) -> tuple[Signed, ...]:
    """Who signed one entry that exists, by its own bytes."""
    signed = signatures_of_text(signed_text(tx, chain, seq))
    texts = texts_of(tx, (one["printed_name"] for one in signed))
    return signed_of(signed, texts, usernames_of(tx, (one["person"] for one in signed)))


def role_in_words(name: str) -> str:
    """A role as people say it; '' where none is told."""
    words = "" if name == "-" else name.replace("_", " ")
    return _ABBREVIATED.sub(lambda found: found[0].upper(), words)
