"""A sentence of the product in another language, found by what it says in English.

What the rules say is written in English, goes into the record in English, and stays so there. A
page retells it: the sentence is found by its form (`{0} is on hold`), and its values are put into
the other language's. A text that fits no form, or that fits in two ways, is shown as it is, so that
nothing is ever told that was not meant.

Pure: text in, text out.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_VALUE = re.compile(r"\{(\d+)\}")
_LEAST_LETTERS = 6
"""A form with fewer letters of its own would fit what it was never made for."""

_DEEPEST = 3
_REMEMBERED = 8192
_BETWEEN = re.compile(r"((?<=[.!?]) (?=[A-Z0-9])| / |; or |; |: |, or |, | or | and )")
"""What stands between two texts that are told one after the other."""

_SPAN = re.compile(r"(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)(?: ([^,]+))?")
"""From where to where a number may lie, with its unit (`1 to 240 h`)."""

_SPAN_OF = "{0} to {1}"
_QUANTITY = re.compile(r"(-?\d[\d.\u202f]*) (\D.*)")
"""A number, its digits perhaps in groups, and its unit of any number of words."""

_OF_THING = re.compile(r"([^()]+) \(([^()]+)\)(: .+)?", re.DOTALL)
"""A value as it stands now: what it is, of which thing, and what is recorded; or its unit."""

_TOLD_TOGETHER = 4
"""So many texts in a row at most are looked for as one that has such signs in it."""

_NUMBERED = re.compile(r"(\D*[^\W\d]) (/?\d+\.\d+|[A-Z](?:-[0-9A-Z]+){2,})")
"""A thing as people call it: its name, and its number or the serial of its label.

So are `Starting material 7.1`, `Lot /19.1` and `shipment B-TEST-7A3RK379-2`.

What people name themselves has a number too (`Freezer 2`), and stays as they wrote it.
"""

_DAY = re.compile(r"(\d{4}-\d\d-\d\d)( \d\d:\d\d (?:[A-Z]{3,5}|[+-]\d\d:\d\d))?")


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence with places for its values: what stands between them."""

    message: str
    literals: tuple[str, ...]

    @classmethod
    def of(cls, message: str) -> "Form":
        """The form that a message of the catalogue has."""
        return cls(message, tuple(_VALUE.split(message)[::2]))

    @property
    def letters(self) -> int:
        """How many letters of the sentence are its own."""
        return sum(map(str.isalpha, "".join(self.literals)))

    @property
    def can_be_told(self) -> bool:
        """Two values with nothing between them cannot be told apart."""
        return self.letters >= _LEAST_LETTERS and all(self.literals[1:-1])

    def values(self, text: str) -> tuple[str, ...] | None:
        """What stands at the places, if that can be said in one way only."""
        from_left, from_right = self._from_left(text), self._from_right(text)
        return from_left if from_left == from_right else None

    def _inside(self, text: str) -> str | None:
        first, last = self.literals[0], self.literals[-1]
        if len(text) < len(first) + len(last):
            return None
        fits = text.startswith(first) and text.endswith(last)
        return text[len(first) : len(text) - len(last)] if fits else None

    def _from_left(self, text: str) -> tuple[str, ...] | None:
        rest = self._inside(text)
        values = []
        for literal in self.literals[1:-1]:
            if rest is None or literal not in rest:
                return None
            value, _, rest = rest.partition(literal)
            values.append(value)
        return None if rest is None else (*values, rest)

    def _from_right(self, text: str) -> tuple[str, ...] | None:
        rest = self._inside(text)
        values: list[str] = []
        for literal in reversed(self.literals[1:-1]):
            if rest is None or literal not in rest:
                return None
            rest, _, value = rest.rpartition(literal)
            values.insert(0, value)
        return None if rest is None else (rest, *values)


class Retold:
    """Tells texts of the product in one other language."""

    def __init__(self, words: Mapping[str, str], day: Callable[[date], str]) -> None:
        self._day = day
        self._words = {text: told for text, told in words.items() if not _VALUE.search(text)}
        self._told = {text: told for text, told in words.items() if _VALUE.search(text)}
        self._by_begin: dict[str, list[Form]] = {}
        for form in map(Form.of, self._told):
            if form.can_be_told:
                self._by_begin.setdefault(form.literals[0][:_LEAST_LETTERS], []).append(form)
        self.tell = lru_cache(_REMEMBERED)(self._tell)

    def _tell(self, text: str) -> str:
        """The text in the other language, or as it is."""
        return self._found(text, 0) or self._sentences(text) or text

    def _found(self, text: str, depth: int) -> str | None:
        known = self._words.get(text) or self._begun_otherwise(text) or self._time(text)
        known = known or self._numbered(text) or self._span(text) or self._quantity(text)
        known = known or self._of_thing(text)
        if known or depth > _DEEPEST:
            return known
        fitting = [(form, values) for form, values in self._fitting(text)]
        if not fitting:
            return None
        most = max(form.letters for form, _values in fitting)
        best = [(form, values) for form, values in fitting if form.letters == most]
        if len(best) > 1:
            return None
        form, values = best[0]
        told = [self._found(one, depth + 1) or self._sentences(one) or one for one in values]
        return _VALUE.sub(lambda place: told[int(place[1])], self._told[form.message])

    def _begun_otherwise(self, text: str) -> str | None:
        """A name at the beginning of a sentence, where it is written large; or in its middle."""
        small = self._words.get(text[:1].lower() + text[1:])
        if small:
            return small[:1].upper() + small[1:]
        return self._words.get(text[:1].upper() + text[1:])

    def _numbered(self, text: str) -> str | None:
        """A thing of a therapy: its name is told, its number stays."""
        found = _NUMBERED.fullmatch(text)
        known = found and (self._words.get(found[1]) or self._begun_otherwise(found[1]))
        return found and known and f"{known} {found[2]}"

    def _span(self, text: str) -> str | None:
        """From one number to another; a unit of one word stays, another one must be known."""
        found, told = _SPAN.fullmatch(text), self._told.get(_SPAN_OF)
        if not (found and told):
            return None
        unit = self._words.get(found[3] or "", found[3] or "")
        if unit == found[3] and " " in unit:
            return None
        return " ".join(filter(None, (told.format(found[1], found[2]), unit)))

    def _quantity(self, text: str) -> str | None:
        """A number of a unit that is known in the other language."""
        found = _QUANTITY.fullmatch(text)
        unit = found and self._words.get(found[2])
        return found and unit and f"{found[1]} {unit}"

    def _of_thing(self, text: str) -> str | None:
        """A value of a thing: its name and the thing's are told, and what is recorded stays."""
        found = _OF_THING.fullmatch(text)
        title = found and self._found(found[1], _DEEPEST)
        if not (found and title):
            return None
        return f"{title} ({self._found(found[2], _DEEPEST) or found[2]}){found[3] or ''}"

    def _time(self, text: str) -> str | None:
        """A day as it is written in the other language, and with it the time and its zone."""
        found = _DAY.fullmatch(text)
        try:
            return found and f"{self._day(date.fromisoformat(found[1]))}{found[2] or ''}"
        except ValueError:
            return None

    def _fitting(self, text: str) -> Iterator[tuple[Form, tuple[str, ...]]]:
        for length in range(min(_LEAST_LETTERS, len(text)) + 1):
            for form in self._by_begin.get(text[:length], ()):
                if (values := form.values(text)) is not None:
                    yield form, values

    def _sign(self, sign: str) -> str:
        """What stands between two texts: a sign stays, a word is told."""
        word = sign.strip(" ,;")
        return sign.replace(word, self._words.get(word, word), 1)

    def _sentences(self, text: str) -> str | None:
        """Several texts in a row, where each of them is known."""
        parts = _BETWEEN.split(text)
        told, at = "", 0
        while at < len(parts):
            found, end = self._longest(parts, at)
            if not found:
                return None
            told += found + (self._sign(parts[end]) if end < len(parts) else "")
            at = end + 1
        return told if len(parts) > 1 else None

    def _longest(self, parts: Sequence[str], at: int) -> tuple[str, int]:
        """The longest text that is known from there on, and the place behind it; '' for none."""
        # The whole row was looked for before.
        most = min(at + 2 * _TOLD_TOGETHER - 1, len(parts) - (at == 0))
        for end in range(most, at, -1):
            if (end - at) % 2 and (found := self._found("".join(parts[at:end]), 0)):
                return found, end
        return "", at
