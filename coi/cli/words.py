"""How options of several parts are written, such as NAME=VALUE."""

import re
from collections.abc import Mapping
from datetime import datetime

import click

from coi.clock import parse_rfc3339
from coi.errors import DataRefused, Problem
from coi.services.identity import Stated
from labels.errors import NotACode
from labels.identifiers import parse_scan
from workflows.facts import NewSubject

_NEXT_PAIR = re.compile(r",(?=[a-z_0-9]+=)")
SOURCE = "source"


def pair(text: str) -> tuple[str, str]:
    """NAME=VALUE as its two parts; the value may hold anything."""
    name, equals, content = text.partition("=")
    if not name or not equals:
        raise DataRefused([Problem(f"“{text}” is not written as NAME=VALUE")])
    return name, content


def pairs(text: str) -> Mapping[str, str]:
    """NAME=VALUE,NAME=VALUE as a mapping; a comma inside a value does no harm."""
    return dict(pair(part) for part in _NEXT_PAIR.split(text)) if text else {}


def birth(text: str) -> NewSubject:
    """MACHINE[:NAME=VALUE,…] as something to be born."""
    machine, _, values = text.partition(":")
    return NewSubject(machine, pairs(values))


def stated(text: str) -> Stated:
    """USER:FIELD=VALUE,… as what that person was told; `source=…` says by whom."""
    username, _, told = text.partition(":")
    identifiers = dict(pairs(told))
    source = identifiers.pop(SOURCE, "patient")
    return Stated(username, identifiers, source)


def turn(text: str) -> tuple[str, int]:
    """SUBJECT=TURN as its two parts."""
    subject, number = pair(text)
    if not number.isdecimal():
        raise DataRefused([Problem(f"“{text}” is not written as SUBJECT=TURN")])
    return subject, int(number)


def moment(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> datetime | None:
    """A point in time with its offset, in UTC."""
    try:
        return None if text is None else parse_rfc3339(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def serial_of(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    """The serial in what was typed or scanned; what is none is left as it is."""
    try:
        read = parse_scan(text)
    # As for a COI: the use case says what it does not know.
    except NotACode:
        return text
    return read.serial.text if read.serial else text


def coi_of(text: str) -> str:
    """The COI identifier in what was typed or scanned; what is none is left as it is."""
    try:
        read = parse_scan(text)
    # The use case is the one that says what it does not know, in the same words for everybody.
    except NotACode:
        return text
    return read.coi.text if read.coi else text
