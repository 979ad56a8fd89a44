"""What kinds of exception there are: by its kind one is told in two taps, and found again."""

from enum import StrEnum


class Wrong(StrEnum):
    """What is wrong; the engine knows the kind of what it opens itself."""

    DEVIATION = "deviation"
    MISMATCH = "mismatch"
    TEMPERATURE = "temperature excursion"
    DAMAGE = "damage"
    MISSING_DOCUMENT = "missing document"
    LABEL = "label discrepancy"
    OTHER = "other"
    OUT_OF_SPECIFICATION = "out of specification"  # a result came, or was corrected
    HOLD = "hold"  # somebody put it on hold, and may be right or not
    QUALITY_STOP = "quality stop"  # quality assurance stopped it, and says how grave it is
    STOP_SHIP = "stop-ship"  # the same, of everything that something is about
