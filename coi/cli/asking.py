"""Ask the person at the keyboard; without a keyboard, only passwords are read, line by line."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from coi.errors import NotSignedIn
from coi.services.factors import CodeNeeded, Typed
from coi.services.installation import Installation
from coi.services.proofs import FactorFirst, JustProven, Signer
from coi.services.tries import prove_again
from workflows.model import SignatureRule

Command = TypeVar("Command", bound=Callable[..., Any])


def as_user(who: str) -> Callable[[Command], Command]:
    """The option --as, with `who` as its help: whose password is asked for next."""
    # A password is no option: it would stay in the shell's history and in the list of processes.
    return click.option("--as", "username", required=True, metavar="USER", help=who)


def somebody_is_there() -> bool:
    """A person types into a terminal, who can be asked."""
    return sys.stdin.isatty()


def ask_password(question: str, *, twice: bool = False) -> str:
    """A password, never shown; from the next line of the input where nobody is there.

    Raises:
        NotSignedIn: the input has ended.
    """
    # Questions go to standard error, as all of them do: what a command prints can be piped.
    if somebody_is_there():
        answer: str = click.prompt(question, hide_input=True, confirmation_prompt=twice, err=True)
        return answer
    line = sys.stdin.readline()
    if not line:
        raise NotSignedIn
    return line.rstrip("\r\n")


def prove(installation: Installation, username: str, purpose: str = "") -> JustProven:
    """Let somebody prove who they are, to do or to sign something; wrong passwords are counted.

    Whoever has a second factor is asked for its code next.

    Raises:
        FactorFirst: a role of theirs needs one, and there is none.
    """
    question = f"Password of {username}"
    password = ask_password(f"{question}, {purpose}" if purpose else question)
    try:
        proven = prove_again(installation, username, password)
    except CodeNeeded:
        typed = Typed(password, ask_password(f"Code of the second factor of {username}"))
        proven = prove_again(installation, username, typed)
    # Who has not chosen a password yet does that first.
    if proven.lacks_factor and not proven.one_time:
        raise FactorFirst(username)
    return proven


def signer_of(installation: Installation, username: str, rule: SignatureRule) -> Signer:
    """Show the meaning, and let somebody prove who they are to sign with it."""
    return Signer(prove(installation, username, f"who signs “{rule.meaning}”"), rule.meaning)


def ask_until_right(question: str, read: Callable[[str], str], *, default: str = "") -> str:
    """An answer that can be read; what is wrong with the others is said."""

    def accepted(answer: str) -> str:
        try:
            return read(answer)
        except ValueError as error:
            raise click.UsageError(str(error)) from error

    shown = default or None
    answer: str = click.prompt(question, value_proc=accepted, default=shown, err=True)
    return answer


def ask_lines(question: str) -> list[str]:
    """Line after line, until an empty one."""
    lines = []
    while line := click.prompt(question, default="", show_default=False, err=True):
        lines.append(str(line))
    return lines


def last_moment(day: datetime) -> datetime:
    """The end of a day that was given as a last one, in UTC."""
    return day.replace(hour=23, minute=59, second=59, tzinfo=UTC)


WHY = click.option("--why", default="", help="Why: it stands in the trail. Nothing goes without.")
"""Given to whatever changes or ends something that is kept."""
