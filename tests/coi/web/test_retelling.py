"""A sentence of the product is told in another language, or left as it is; never told wrong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coi.web.retelling import Form, Retold

WORDS = {
    "on hold": "gesperrt",
    "or": "oder",
    "{0} is on hold": "{0} ist gesperrt",
    "{0} was packed in {1}, which is on hold": "{0} ist in {1}, das gesperrt ist",
    "The label of {0} shows an old value of {1}": "Ein alter Wert von {1}: Etikett {0}",
    "Release custody": "Übergeben",
    "released": "freigegeben",
    "Nothing was saved.": "Nichts wurde gespeichert.",
    "Call the coordinator.": "Rufen Sie die Koordination.",
    "Starting material": "Ausgangsmaterial",
    "the label of each {0} that you mean": "das Etikett von jedem Gemeinten: {0}",
    "{0} of {1}": "{0} von {1}",
    "{0}{1} is everywhere the same": "{0}{1} überall",
    "{0} to {1}": "{0} bis {1}",
    "may stay empty": "darf leer bleiben",
    "{0}, up to {1} MB": "{0}, bis {1} MB",
    "Frozen at": "Eingefroren um",
}


def in_german(day: date) -> str:
    """How a day is written."""
    return f"{day:%d.%m.%Y}"


def tell(text):
    """Tell it in German."""
    return Retold(WORDS, in_german).tell(text)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("on hold", "gesperrt"),
        ("On hold", "Gesperrt"),
        ("B-1 is on hold", "B-1 ist gesperrt"),
        ("B-1 was packed in S-2, which is on hold", "B-1 ist in S-2, das gesperrt ist"),
        (
            "The label of B-1 shows an old value of released",
            "Ein alter Wert von freigegeben: Etikett B-1",
        ),
        (
            "Nothing was saved. Call the coordinator.",
            "Nichts wurde gespeichert. Rufen Sie die Koordination.",
        ),
        ("on hold / released", "gesperrt / freigegeben"),
        ("on hold or released", "gesperrt oder freigegeben"),
        ("on hold, released", "gesperrt, freigegeben"),
        ("on hold, or released", "gesperrt, oder freigegeben"),
        ("Starting material 7.1", "Ausgangsmaterial 7.1"),
        ("Starting material /7.1", "Ausgangsmaterial /7.1"),
        ("starting material B-TEST-7A3RK379-2", "Ausgangsmaterial B-TEST-7A3RK379-2"),
        (
            "the label of each starting material that you mean",
            "das Etikett von jedem Gemeinten: Ausgangsmaterial",
        ),
        ("2026-11-30 04:15 +01:00", "30.11.2026 04:15 +01:00"),
        ("2026-11-30 04:15 CET", "30.11.2026 04:15 CET"),
        ("2026-11-30", "30.11.2026"),
        ("1 to 240 h", "1 bis 240 h"),
        ("-20 to 8.5", "-20 bis 8.5"),
        ("1 to 240 h, may stay empty", "1 bis 240 h, darf leer bleiben"),
        ("JPEG, PNG, up to 6 MB, may stay empty", "JPEG, PNG, bis 6 MB, darf leer bleiben"),
        ("may stay empty; or on hold", "darf leer bleiben; oder gesperrt"),
        (
            "Frozen at (Starting material 7.1): on hold",
            "Eingefroren um (Ausgangsmaterial 7.1): on hold",
        ),
        ("Frozen at (min)", "Eingefroren um (min)"),
        (
            "the label of each starting material or released that you mean",
            "das Etikett von jedem Gemeinten: Ausgangsmaterial oder freigegeben",
        ),
    ],
)
def test_what_is_known_is_told(said, told):
    """Its values are told too, where they are known."""
    assert tell(said) == told


@pytest.mark.parametrize(
    "said",
    [
        "",
        "nobody ever wrote this",
        "Nothing was saved. Nobody knows why.",
        "The label of A shows an old value of B shows an old value of C",
        "7 of 9",
        "Starting material 2",
        "AB is everywhere the same",
        "2026-13-45",
        "on hold / of another kind",
    ],
)
def test_what_is_not_known_or_fits_twice_stays_as_it_is(said):
    """An English sentence, rather than one that might say something else."""
    assert tell(said) == said


def test_of_two_forms_the_one_with_more_words_of_its_own_is_meant():
    """A short form fits much; two that are alike fit nothing."""
    words = {"{0} is late": "{0} kommt spät", "The bag {0} is late": "Beutel {0} kommt spät"}
    alike = {"{0} was here": "A {0}", "Nin{0} here": "B {0}"}

    assert Retold(words, in_german).tell("The bag B-1 is late") == "Beutel B-1 kommt spät"
    assert Retold(alike, in_german).tell("Nina was here") == "Nina was here"


@given(st.lists(st.text(), min_size=2, max_size=2))
def test_a_form_gives_back_its_values_or_none(values):
    """What stood at its places, whatever people are called."""
    form = Form.of("The bag {0} belongs to {1}, not here")
    said = "The bag {} belongs to {}, not here".format(*values)

    assert form.values(said) in {None, tuple(values)}


@given(st.text())
def test_whatever_is_shown_is_told_or_left(text):
    """No text makes a page fail."""
    assert isinstance(tell(text), str)
