"""Why not: the one shape of every refusal, and of every soft notice."""

from dataclasses import dataclass

WRONG_PATIENT = "WRONG_PATIENT"
WRONG_ORDER = "WRONG_ORDER"
SCANNED_OTHERWISE = "SCANNED_OTHERWISE"
IDENTITY_DIFFERS = "IDENTITY_DIFFERS"
CONTENTS_INCOMPLETE = "CONTENTS_INCOMPLETE"
CONTENTS_UNEXPECTED = "CONTENTS_UNEXPECTED"
OLD_LABEL = "OLD_LABEL"
OLD_VALUE = "LABEL_SHOWS_OLD_VALUE"
OVER_LABEL_OF_ANOTHER = "OVER_LABEL_OF_ANOTHER"
VOID_LABEL = "VOID_LABEL"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One guard that did not hold: a stable code, a sentence for the bench, and what to do next."""

    code: str
    sentence: str
    next_step: str = ""
    guard: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know; it stops nothing."""

    code: str
    sentence: str
