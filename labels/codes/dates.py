"""The days and times of ISBT 128: century, year and day of the year, and a clock without a zone."""

from calendar import isleap
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final, Self

from labels.codes.refusals import no_such_day
from labels.codes.structure import Shape, Structure

_DAY: Final = "([09][0-9]{2})([0-9]{3})"
_TIME: Final = "([0-9]{4})"
_DAYS: Final = 365
_CENTURIES: Final = {"0": 2000, "9": 1900}
_OF_CENTURY: Final = {2000: "0", 1900: "9"}


@dataclass(frozen=True, slots=True)
class Day(Structure):
    """A day: the last three digits of the year, of which the first is the century, and the day."""

    year: str
    ordinal: str

    @classmethod
    def of(cls, day: date) -> Self:
        """The structure for a day; raises NotACode outside the last and this century."""
        return cls(*_coded(day, cls.shape.name))

    @property
    def day(self) -> date:
        """The day of the calendar."""
        return date(_year(self.year), 1, 1) + timedelta(days=int(self.ordinal) - 1)

    def judge(self) -> None:
        """Refuse a day of the year that the year does not have."""
        ordinal = int(self.ordinal)
        # Only the last day of a leap year has to be asked for its year.
        if not 1 <= ordinal <= _DAYS and (ordinal != _DAYS + 1 or not isleap(_year(self.year))):
            raise no_such_day(self.shape.name)


@dataclass(frozen=True, slots=True)
class Moment(Day):
    """A day and a time by the clock of whoever printed it; the code itself names no zone."""

    time: str

    @classmethod
    def at(cls, moment: datetime) -> Self:
        """The structure for a moment, by the clock that the moment carries, to the minute."""
        return cls(*_coded(moment.date(), cls.shape.name), f"{moment:%H%M}")

    def moment(self, zone: tzinfo) -> datetime:
        """The moment, for who knows by which zone the clock went."""
        return _moment(self.day, self.time, zone)

    def judge(self) -> None:
        """Refuse a day that the year does not have, and a time that the day does not have."""
        # By its name, because a class with slots is made anew and `super()` would miss it.
        Day.judge(self)
        _require_time(self.time, self.shape.name)


class ExpiryDay(Day):
    """DS004: the last day of use; cells for therapy carry DS005 instead."""

    __slots__ = ()
    shape = Shape("004", "=>", 6, "expiry date", _DAY)


class Expiry(Moment):
    """DS005: the last moment of use; 23:59 where no time was said."""

    __slots__ = ()
    shape = Shape("005", "&>", 10, "expiry date and time", _DAY + _TIME)


class CollectionDay(Day):
    """DS006: the day of collection."""

    __slots__ = ()
    shape = Shape("006", "=*", 6, "collection date", _DAY)


class Collection(Moment):
    """DS007: the moment of collection."""

    __slots__ = ()
    shape = Shape("007", "&*", 10, "collection date and time", _DAY + _TIME)


class ProductionDay(Day):
    """DS008: the day of production."""

    __slots__ = ()
    shape = Shape("008", "=}", 6, "production date", _DAY)


class Production(Moment):
    """DS009: the moment of production."""

    __slots__ = ()
    shape = Shape("009", "&}", 10, "production date and time", _DAY + _TIME)


@dataclass(frozen=True, slots=True)
class MonthOfExpiry(Structure):
    """DS026: the month in which a supply expires."""

    shape = Shape("026", "=]", 6, "expiry month", "([0-9]{4})(0[1-9]|1[0-2])")

    year: str
    month: str


@dataclass(frozen=True, slots=True)
class Flexible(Structure):
    """DS031: a moment that says of what it is, and whether by the local clock or by UTC."""

    shape = Shape("031", "=(", 16, "date and time", "([12])([0-9])(0[1-6])([0-9]{8})([0-9]{4})")

    clock: str
    reserved: str
    occasion: str
    day_text: str
    time: str

    @property
    def day(self) -> date:
        """The day of the calendar."""
        return _calendar_day(self.day_text, self.shape.name)

    @property
    def of(self) -> str:
        """What happens at this moment."""
        return _OCCASIONS[self.occasion]

    @property
    def is_utc(self) -> bool:
        """The clock is that of UTC, and not the local one."""
        return self.clock == "2"

    @property
    def key(self) -> str:
        """One message may hold a moment of each occasion."""
        return f"{self.shape.number}-{self.occasion}"

    def moment(self, zone: tzinfo) -> datetime:
        """The moment; the zone is that of the local clock, and is not asked where it is UTC."""
        return _moment(self.day, self.time, UTC if self.is_utc else zone)

    def judge(self) -> None:
        """Refuse a day that the calendar does not have, and a time that the day does not have."""
        _calendar_day(self.day_text, self.shape.name)
        _require_time(self.time, self.shape.name)


@dataclass(frozen=True, slots=True)
class BirthDate(Structure):
    """DS024: a birth date, with the code of what it was printed on."""

    shape = Shape("024", "=#", 10, "date of birth", "([0-9A-Za-z]{2})([0-9]{8})")

    printed_on: str
    day_text: str

    @property
    def day(self) -> date:
        """The day of the calendar."""
        return _calendar_day(self.day_text, self.shape.name)

    def judge(self) -> None:
        """Refuse a day that the calendar does not have."""
        _calendar_day(self.day_text, self.shape.name)


_OCCASIONS: Final = {
    "01": "expiry",
    "02": "collection",
    "03": "production",
    "04": "cross clamp",
    "05": "preservation",
    "06": "death",
}


def _year(text: str) -> int:
    return _CENTURIES[text[0]] + int(text[1:])


def _coded(day: date, what: str) -> tuple[str, str]:
    century = _OF_CENTURY.get(day.year - day.year % 100)
    if century is None:
        raise no_such_day(what)
    return century + f"{day:%y}", f"{day:%j}"


def _calendar_day(text: str, what: str) -> date:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise no_such_day(what) from None


def _require_time(text: str, what: str) -> None:
    if not (text[:2] < "24" and text[2:] < "60"):
        raise no_such_day(what)


def _moment(day: date, time: str, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, int(time[:2]), int(time[2:]), tzinfo=zone)
