"""What a program sends where a page sends a form: read by the same readers, refused by name."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from coi.errors import DataRefused, Problem
from coi.web.reading import Misread
from coi.web.sheet import Given


def filled_in(told: Mapping[str, str]) -> Given:
    """The form with these texts in its fields."""
    return Given(dict(told))


@contextmanager
def named(names: Mapping[str, str]) -> Iterator[None]:
    """Let what cannot be read be told by the names of the interface.

    Raises:
        DataRefused: something is missing or unreadable; says of each field why.
    """
    try:
        yield
    except Misread as misread:
        found = misread.errors.items()
        problems = [Problem(why, column=names.get(name, name)) for name, why in found]
        raise DataRefused(problems) from None
