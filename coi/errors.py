"""What can go wrong, in words for the person at the bench.

One base; each error carries its data, a stable code for machines, a sentence that says what is
wrong, and the next step that puts it right. Nothing here knows of statuses, pages or databases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol


class CoiError(Exception):
    """Something went wrong that the product can explain."""

    code: ClassVar[str] = "COI_ERROR"

    def __init__(self, sentence: str, next_step: str) -> None:
        super().__init__(f"{sentence} {next_step}")
        self.sentence = sentence
        self.next_step = next_step


class SettingError(CoiError):
    """A setting cannot be used; the product does not start."""

    code = "SETTING"

    def __init__(self, name: str, sentence: str, next_step: str) -> None:
        super().__init__(f"{name} {sentence}", next_step)
        self.name = name


class Reason(Protocol):
    """One reason for a refusal; `workflows.refusal.Refusal` is one."""

    @property
    def code(self) -> str:
        """Name the guard that failed."""

    @property
    def sentence(self) -> str:
        """Say what is wrong."""

    @property
    def next_step(self) -> str:
        """Say what puts it right."""


class Refused(CoiError):
    """The engine refused the step; every reason is given, not only the first."""

    code = "REFUSED"

    def __init__(self, refusals: Sequence[Reason]) -> None:
        super().__init__(
            " ".join(refusal.sentence for refusal in refusals),
            " ".join(refusal.next_step for refusal in refusals),
        )
        self.refusals = tuple(refusals)


class Conflict(CoiError):
    """Someone else moved the subject since it was shown; nothing was saved."""

    code = "STALE"

    def __init__(self, subject: str, shown_turn: int, current_turn: int) -> None:
        super().__init__(
            f"{subject} has changed since it was shown to you: it was at turn {shown_turn} and"
            f" is now at turn {current_turn}. Nothing was saved.",
            "Load it again, look at what changed, and decide anew.",
        )
        self.subject = subject
        self.shown_turn = shown_turn
        self.current_turn = current_turn


class KeyReused(CoiError):
    """An idempotency key came a second time with another request; nothing was saved."""

    code = "KEY_REUSED"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The idempotency key {key} was already used for another request. Nothing was saved.",
            "Send a new request under a new key; send the same request to repeat it.",
        )
        self.key = key


class Unknown(CoiError):
    """It does not exist, or it belongs to another site: one answer, so that nobody can probe."""

    code = "UNKNOWN"

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(
            f"No {kind} {identifier} is known here.",
            "Check the identifier, or scan it again.",
        )
        self.kind = kind
        self.identifier = identifier


class NotSignedIn(CoiError):
    """Nobody is signed in, and the step needs a person."""

    code = "NOT_SIGNED_IN"

    def __init__(self) -> None:
        super().__init__("You are not signed in.", "Sign in and try again.")


class SessionEnded(NotSignedIn):
    """Whoever was signed in is not any more; `why` says what ended the session."""

    code = "SESSION_ENDED"

    def __init__(self, why: str, next_step: str = "Sign in again to go on.") -> None:
        CoiError.__init__(self, f"Your session here ended: {why}. Nothing was saved.", next_step)
        self.why = why


class SignedInElsewhere(SessionEnded):
    """The same person signed in at another workstation, which is theirs alone from then on."""

    code = "SIGNED_IN_ELSEWHERE"

    def __init__(self) -> None:
        super().__init__(
            "you signed in at another workstation",
            "Sign in again to go on here; that one ends. If it was not you, somebody knows your"
            " password: change it, and tell the administrator.",
        )


class OutsideWithoutFactor(SessionEnded):
    """From this network nobody is let in whose account has no second factor (A11d-11.6)."""

    code = "OUTSIDE_WITHOUT_FACTOR"

    def __init__(self) -> None:
        self.why = "it was used from a network from which a password alone lets nobody in"
        CoiError.__init__(
            self,
            "From this network nobody is let in without a second factor, and this account has none."
            " Nothing was saved.",
            "Sign in from inside, and enrol one on the page of your account.",
        )


class WrongPassword(CoiError):
    """Name and password do not match; which of the two was wrong is not said."""

    code = "WRONG_PASSWORD"

    def __init__(self) -> None:
        super().__init__("The user name or the password is wrong.", "Type both again.")


class SignedOut(CoiError):
    """The account was closed or its password changed since it was proven; nothing was saved."""

    code = "SIGNED_OUT"

    def __init__(self, username: str) -> None:
        super().__init__(
            f"The account {username} was closed, or its password changed, since you signed in."
            " Nothing was saved.",
            "Sign in again; if you cannot, ask the administrator.",
        )
        self.username = username


class ClockWentBack(CoiError):
    """The clock shows an earlier time than the newest entry of a chain; nothing was saved."""

    code = "CLOCK_WENT_BACK"

    def __init__(self, now: str, recorded_at: str) -> None:
        super().__init__(
            f"The clock of this machine shows {now}, and the last entry was recorded at"
            f" {recorded_at}. Nothing was saved.",
            "Correct the clock; where it is right now and was wrong before, an administrator"
            " records that with `coi clock`.",
        )
        self.now = now
        self.recorded_at = recorded_at


class Busy(CoiError):
    """The database did not get to it in time; nothing was saved."""

    code = "BUSY"

    def __init__(self) -> None:
        super().__init__(
            "The database is busy and nothing was saved.", "Wait a moment and try again."
        )


class NotWritten(CoiError):
    """The record is read and not written at present; `why` says what stands in the way."""

    code = "READ_ONLY"

    def __init__(self, why: str, next_step: str, saved: str = "Nothing was saved.") -> None:
        super().__init__(f"This record is read and not written: {why}. {saved}", next_step)
        self.why = why


class DiskFull(NotWritten):
    """There is no room for what was to be recorded; nothing was saved."""

    code = "DISK_FULL"

    def __init__(self) -> None:
        super().__init__(
            "the disk that holds it is full",
            "Go on by the paper procedure, and call whoever looks after the machine. As soon as"
            " there is room again it is written again, by itself.",
        )


class DiskFailed(NotWritten):
    """The disk did not do what it was told, or did not say so: nothing more is written to it."""

    code = "DISK_FAILED"

    def __init__(self) -> None:
        super().__init__(
            "its disk failed",
            "Go on by the paper procedure, and call whoever looks after the machine: it takes a"
            " sound disk, a new start and a `coi verify` that passes. Look then at what was"
            " recorded last, before you do it again.",
            # The one error of which nobody can say that nothing was saved.
            "Whether the last step was saved is not known yet.",
        )


class OldProgram(CoiError):
    """The record was brought to a newer version while this program ran, or before it started."""

    code = "OLD_PROGRAM"

    def __init__(self) -> None:
        super().__init__(
            "This program is older than the record, which was upgraded. Nothing was saved.",
            "Let whoever looks after the machine stop this program, and start the new one.",
        )


class Crowded(Busy):
    """Too many passwords are being checked; this one was not, and no try was counted."""

    code = "CROWDED"

    def __init__(self) -> None:
        CoiError.__init__(
            self,
            "Too many people are signing in or signing at this moment. Nothing was saved, and no"
            " try was counted.",
            "Wait a few seconds and try again.",
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with what was handed in, and where it stands."""

    reason: str
    line: int | None = None
    column: str | None = None
    sheet: str | None = None  # of a workbook of which several are read

    def __str__(self) -> str:
        """Read as 'line 7, column birth_date: is not a date', with the places that are known."""
        sheet = [] if self.sheet is None else [f"sheet {self.sheet}"]
        line = [] if self.line is None else [f"line {self.line}"]
        column = [] if self.column is None else [f"column {self.column}"]
        place = ", ".join(sheet + line + column)
        return f"{place}: {self.reason}" if place else self.reason


class DataRefused(CoiError):
    """What was handed in cannot be read; every problem is listed and nothing was saved."""

    code = "DATA_REFUSED"

    def __init__(self, problems: Sequence[Problem]) -> None:
        listed = "; ".join(str(problem) for problem in problems)
        super().__init__(
            f"Nothing was saved, because of {len(problems)} problem(s): {listed}.",
            "Correct them and hand it in again.",
        )
        self.problems = tuple(problems)
