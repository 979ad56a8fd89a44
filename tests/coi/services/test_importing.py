"""Orders from a file: every problem at once with its place, all rows or none."""

import json
from pathlib import Path

import pytest

from coi.errors import DataRefused, KeyReused
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.importing import import_orders, ordered, read_orders
from coi.services.order_file import COLUMNS
from coi.services.ordering import NewOrder, order_in
from coi.services.proofs import Signer
from coi.services.sites import Site, register_site, register_unit
from coi.services.table_file import MOST_BYTES, MOST_ROWS
from coi.services.taking_in import Asked
from coi.services.therapies import list_therapies, look
from coi.services.vault import IDENTITY_FIELDS, index_of
from coi.store.append import Overtaken
from coi.store.entries import entries_of

EXAMPLES = Path(__file__).parents[3] / "examples"
DOCUMENT = Path(__file__).parents[3] / "docs" / "orders.md"
ORDERS = (EXAMPLES / "orders.csv").read_bytes()
MESSY = (EXAMPLES / "orders-messy.csv").read_bytes()
WHY = {"cancelled_because": "patient withdrew", "material_disposition": "none exists"}
FORMULA = "begins like a formula, which a spreadsheet program would run"
A_ROW = {
    "family_name": "O'Brien-Łukasiewicz",
    "given_name": "Zoë",
    "birth_date": "1960-02-29",
    "sex": "F",
    "medical_record_number": "00017",
    "weight_kg": "61.5",
    "therapy": "autologous-car-t",
    "ordering_site": "North Hospital",
    "treating_site": "South Hospital",
    "manufacturing_site": "Riverside Cell Works",
    "prescriber": "Dr. I. Okafor",
    "consent_signed_on": "2026-11-02",
    "collection_wanted_on": "2026-12-01",
    "on_paper": "",
}


def a_file(*changes, separator=","):
    """Write a file with one row for each set of changes to a right row."""
    lines = [separator.join(COLUMNS)]
    lines += [separator.join(f'"{cell}"' for cell in (A_ROW | row).values()) for row in changes]
    return "\r\n".join(lines).encode()


KNOWN_ALREADY = a_file(
    {"family_name": "Wuckert783", "birth_date": "1959-05-26", "medical_record_number": "00016"}
)


def problems(refused):
    """The problems as a person reads them."""
    return [str(problem) for problem in refused.value.problems]


def values_of(installation, coi):
    """What a therapy recorded, confidential texts in clear."""
    view = look(installation, coi)
    return {value.field: view.texts.get(value.content, value.content) for value in view.values}


def test_a_file_is_imported_whole(clinic):
    """Each of the eight rows becomes a therapy, with its consent as an entry of its own."""
    result = import_orders(clinic.installation, ORDERS, clinic.carla)

    assert len(result.orders) == len(list_therapies(clinic.installation)) == 8
    view = look(clinic.installation, result.orders[0].coi)
    assert [event.action for event in view.history] == ["order", "record_consent"]


TWINS = a_file(
    {},
    {"given_name": "Anna", "medical_record_number": "00018"},
    {"family_name": "Obrien Lukasiewicz", "medical_record_number": "00019"},
    {"family_name": "Wuckert783", "birth_date": "1959-05-26", "medical_record_number": "00020"},
    {"family_name": "Wuckert783", "birth_date": "1960-05-26", "medical_record_number": "00021"}
    | {"given_name": "Berta"},
)
ALIKE = {
    3: "looks like line 2",
    4: "looks like line 2",
    5: "looks like a patient who is known here",
}


def confirmations(installation):
    """Whose charts were compared, as it is on record."""
    texts = installation.read(lambda tx: [text for _, text, _ in entries_of(tx, "site:north")])
    told = (json.loads(text) for text in texts)
    return [one["document"] for one in told if one["action"] == "confirm_patient"]


def test_who_looks_like_another_patient_is_told_before_anything_is_imported(clinic):
    """By line: within the file, and like somebody who is known (SEC-48)."""
    import_orders(clinic.installation, KNOWN_ALREADY, clinic.carla)

    checked = import_orders(clinic.installation, TWINS, clinic.carla, dry_run=True)
    with pytest.raises(DataRefused) as refused:
        import_orders(clinic.installation, TWINS, clinic.carla)

    assert checked.alike == ALIKE
    assert [problem.split(":")[0] for problem in problems(refused)] == [
        f"line {line}, column family_name" for line in ALIKE
    ]
    assert len(list_therapies(clinic.installation)) == 1


def test_look_alikes_are_imported_once_somebody_has_compared_their_charts(clinic):
    """Which therapies it was about is on record, once; the same request again writes nothing."""
    import_orders(clinic.installation, KNOWN_ALREADY, clinic.carla)
    asked = Asked(clinic.carla, TWINS, "monday", compared=True)

    made, again = (ordered(clinic.installation, asked) for _ in range(2))

    assert made == again
    cois = [one.coi for one in made.orders if one.line in ALIKE]
    assert confirmations(clinic.installation) == [
        {"kind": "other_patient", "about": coi} for coi in cois
    ]


def test_the_same_file_under_the_same_key_is_answered_alike(clinic):
    """Whoever did not hear the answer asks again; nothing is ordered twice."""
    first, again = (
        import_orders(clinic.installation, ORDERS, clinic.carla, key="monday") for _ in range(2)
    )

    assert first == again
    assert len(list_therapies(clinic.installation)) == 8


def test_whoever_became_a_patient_since_the_comparison_is_compared_again(clinic):
    """What was compared with nobody's orders says nothing of a patient's orders."""
    import_orders(clinic.installation, a_file({}), clinic.carla)
    identity = {name: A_ROW[name] for name in IDENTITY_FIELDS}
    index = index_of(clinic.installation.vault, "north", identity["medical_record_number"])
    order = NewOrder(identity, "autologous-car-t", "north-apheresis", key="another")

    with pytest.raises(Overtaken):
        clinic.installation.read(
            lambda tx: order_in(tx, clinic.installation, [order], clinic.carla, {index})
        )


def test_a_key_stands_for_one_file(clinic):
    """Another file under the key is refused as such."""
    import_orders(clinic.installation, a_file({}), clinic.carla, key="monday")

    with pytest.raises(KeyReused):
        import_orders(clinic.installation, a_file({"weight_kg": "70"}), clinic.carla, key="monday")


def test_an_order_records_what_its_row_says(clinic):
    """What its cells say is recorded; its sites stand for their ward and their production."""
    result = import_orders(clinic.installation, a_file({}), clinic.carla)

    assert values_of(clinic.installation, result.orders[0].coi) == {
        "treating_unit": "south-ward",
        "manufacturing_unit": "works-production",
        "prescriber": "Dr. I. Okafor",
        "weight_kg": "61.5",
        "collection_wanted_on": "2026-12-01",
        "consent_signed_on": "2026-11-02",
    }


def test_a_messy_file_is_refused_with_every_problem_at_its_place(clinic):
    """What a spreadsheet program saves is read, in whichever country; all that is wrong is told."""
    with pytest.raises(DataRefused) as refused:
        import_orders(clinic.installation, MESSY, clinic.carla)

    assert problems(refused) == [
        "line 3, column birth_date: “31.02.1944” is a day that does not exist",
        "line 3, column consent_signed_on: is missing",
        f"line 4, column medical_record_number: {FORMULA}",
        "line 4, column weight_kg: is no body weight: 2 to 400 kg are possible",
        "line 4, column therapy: no workflow “autologous-car-x” is installed here",
        "line 4, column ordering_site: no site “Nowhere Clinic” is known here",
        "line 4, column collection_wanted_on: lies in the past",
        "line 5: repeats the order of line 2",
    ]
    assert list_therapies(clinic.installation) == []


def test_a_dry_run_keeps_nothing(clinic):
    """A dry run passes every check, says how the file was read, and saves nothing."""
    result = import_orders(clinic.installation, ORDERS, clinic.carla, dry_run=True)

    assert (result.encoding, result.separator, len(result.orders)) == ("UTF-8", "comma", 8)
    assert {order.coi for order in result.orders} == {""}
    assert list_therapies(clinic.installation) == []


def test_the_same_file_a_second_time_is_refused(clinic):
    """An order that is there already is not ordered again."""
    coi = import_orders(clinic.installation, a_file({}), clinic.carla).orders[0].coi

    with pytest.raises(DataRefused) as refused:
        import_orders(clinic.installation, a_file({}), clinic.carla)

    assert problems(refused) == [f"line 2: this therapy is ordered already, as {coi}"]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_every_encoding_gives_the_same_names(clinic, encoding, told):
    """Accents survive whichever usual encoding the file is in, and the answer says which."""
    content = a_file({"family_name": "Grünwald"}).decode().encode(encoding)

    result = import_orders(clinic.installation, content, clinic.carla)

    assert (result.encoding, result.orders[0].patient) == (told, "Grünwald, Zoë (00017)")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_separator_is_found(separator):
    """Comma, semicolon and tab are told apart by the first line."""
    (row,) = read_orders(a_file({"weight_kg": "61,5"}, separator=separator))

    assert (row.family_name, row.weight_kg) == ("O'Brien-Łukasiewicz", "61.5")


def test_a_name_in_the_wrong_encoding_is_refused():
    """A Polish name that was saved in Windows-1250 does not become another name in silence."""
    content = a_file({"given_name": "Zoe"}).decode().encode("cp1250")

    with pytest.raises(DataRefused, match="holds “£”, which no name has"):
        read_orders(content)


def days(*cells):
    """A file whose rows want the collection on these days."""
    numbers = enumerate(cells, start=17)
    return a_file(
        *({"medical_record_number": str(n), "collection_wanted_on": cell} for n, cell in numbers)
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["2026-12-01"], ["2026-12-01"]),
        (["1.12.2026"], ["2026-12-01"]),
        (["01/12/2026", "24/12/2026"], ["2026-12-01", "2026-12-24"]),
        (["12/01/2026", "12/24/2026"], ["2026-12-01", "2026-12-24"]),
        (["12/12/2026"], ["2026-12-12"]),
    ],
)
def test_days_are_read_as_the_whole_file_tells(written, meant):
    """Days with strokes are read as another day of the same file shows that they are meant."""
    assert [row.collection_wanted_on for row in read_orders(days(*written))] == meant


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (["01/12/2026"], "can be read in two ways"),
        (["13/12/2026", "12/14/2026"], "has the day first and the month first"),
        (["2026-02-30"], "is a day that does not exist"),
        (["1 December 2026"], "is not a day such as"),
        (["01.12.26"], "is not a day such as"),
        (["\uff12\uff10\uff12\uff16-12-01"], "is not a day such as"),
    ],
)
def test_a_day_that_cannot_be_told_is_refused(written, reason):
    """Nothing is guessed: a day that can be meant in two ways is not a day."""
    with pytest.raises(DataRefused, match=reason):
        read_orders(days(*written))


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("medical_record_number", "@SUM(A1)", "begins like a formula"),
        ("medical_record_number", "1.2E+08", "was shortened by a spreadsheet program"),
        ("prescriber", "+cmd", "begins like a formula"),
        ("family_name", "=HYPERLINK", "holds “=”, which no name has"),
        ("given_name", "An\u202ena", "holds the invisible character U\\+202E"),
        ("given_name", "An\nna", "holds the invisible character U\\+000A"),
        ("weight_kg", "1.5", "is no body weight"),
        ("weight_kg", "6e1", "is not a number"),
        ("sex", "lady", "is none of F, M, X, U"),
        ("prescriber", "", "is missing"),
        ("prescriber", "x" * 201, "is longer than 200"),
    ],
)
def test_a_cell_that_cannot_be_right_is_refused(column, cell, reason):
    """Each sort of cell takes only what it is for."""
    with pytest.raises(DataRefused, match=f"line 2, column {column}: {reason}"):
        read_orders(a_file({column: cell}))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"birth_date": "2027-01-01"}, "column birth_date: lies in the future"),
        ({"birth_date": "1796-01-01"}, "column birth_date: is more than 130 years ago"),
        ({"consent_signed_on": "2026-11-23"}, "column consent_signed_on: lies in the future"),
        ({"collection_wanted_on": "2026-11-21"}, "column collection_wanted_on: lies in the past"),
        ({"treating_site": "works"}, "column treating_site: Riverside Cell Works is a manufac"),
        (
            {"manufacturing_site": "south"},
            "column manufacturing_site: South Hospital is a",
        ),
        ({"ordering_site": "Elsewhere"}, "column ordering_site: no site “Elsewhere”"),
    ],
)
def test_a_row_is_compared_with_what_is_known_here(clinic, changes, told):
    """Days are compared with today at the site, names with the sites that there are."""
    with pytest.raises(DataRefused, match=f"line 2, {told}"):
        import_orders(clinic.installation, a_file(changes), clinic.carla)


@pytest.mark.parametrize(
    "changes",
    [
        {"birth_date": "2026-11-22"},
        {"birth_date": "1896-01-01"},
        {"consent_signed_on": "2026-11-22"},
        {"collection_wanted_on": "2026-11-22"},
    ],
)
def test_the_day_of_the_order_is_neither_past_nor_future(clinic, changes):
    """A newborn, the oldest who can live, consent and collection of this very day are all right."""
    assert len(import_orders(clinic.installation, a_file(changes), clinic.carla).orders) == 1


def test_a_cell_that_cannot_be_read_is_one_problem(clinic):
    """What is no day is not said to lie in the past as well, nor an empty number to be known."""
    with pytest.raises(DataRefused) as refused:
        import_orders(
            clinic.installation,
            a_file(*[{"collection_wanted_on": "soon", "medical_record_number": ""}] * 2),
            clinic.carla,
        )

    assert [problem.column for problem in refused.value.problems] == [
        "medical_record_number",
        "collection_wanted_on",
    ] * 2


@pytest.mark.parametrize(
    ("column", "kind"), [("treating_site", "hospital"), ("manufacturing_site", "manufacturer")]
)
def test_a_site_without_a_unit_can_neither_treat_nor_make(clinic, column, kind):
    """Somebody must be there who can receive the cells."""
    west = Site("west", kind, "West End", "DE", "Europe/Berlin")
    register_site(clinic.installation, clinic.root, west)

    with pytest.raises(DataRefused, match=f"column {column}: there is no unit at West End"):
        import_orders(clinic.installation, a_file({column: "west"}), clinic.carla)


def test_a_hospital_makes_what_is_made_at_the_point_of_care(clinic):
    """The definition says what sort of site makes the product, and its clean room does."""
    register_unit(clinic.installation, clinic.root, "south-cleanroom", "south", "Clean room")
    row = {"therapy": "point-of-care-car-t", "manufacturing_site": "South Hospital"}

    (ordered,) = import_orders(clinic.installation, a_file(row), clinic.carla).orders

    told = values_of(clinic.installation, ordered.coi)
    assert told["manufacturing_unit"] == "south-cleanroom"


def test_what_is_made_at_the_point_of_care_is_made_by_no_manufacturer(clinic):
    """Fresh cells would not live to come back."""
    row = {"therapy": "point-of-care-car-t"}

    with pytest.raises(DataRefused, match="is a manufacturer, not a hospital"):
        import_orders(clinic.installation, a_file(row), clinic.carla)


def test_the_same_patient_may_be_treated_again(clinic):
    """Another wanted day is another therapy of the same patient."""
    first = import_orders(clinic.installation, a_file({}), clinic.carla).orders[0]
    later = a_file({"collection_wanted_on": "2027-12-01"})

    second = import_orders(clinic.installation, later, clinic.carla).orders[0]

    patients = {look(clinic.installation, one.coi).therapy.patient for one in (first, second)}
    assert (len(patients), first.coi == second.coi) == (1, False)


def test_an_order_that_was_cancelled_may_be_placed_anew(clinic):
    """What has ended is no order that is there already, whatever its day."""
    ines = clinic.hire("ines", ("treating_physician", "north-ward"))
    cancelled = import_orders(clinic.installation, a_file({}), clinic.carla).orders[0].coi
    cancel = TakeAction(cancelled, "cancel", "north-ward", "once", values=WHY)
    take_action(clinic.installation, cancel, ines, (Signer(ines, "decided"),))

    (anew,) = import_orders(clinic.installation, a_file({}), clinic.carla).orders

    assert anew.coi != cancelled


def test_who_may_not_order_there_is_told_so(clinic):
    """The role is looked for at the ordering site itself."""
    nina = clinic.hire("nina", ("apheresis_nurse", "north-apheresis"))

    with pytest.raises(DataRefused, match="you are neither coordinator nor treating physician"):
        import_orders(clinic.installation, a_file({}), nina)


def test_a_record_number_has_one_name(clinic):
    """A record number that is known with another name is refused, without saying which."""
    import_orders(clinic.installation, a_file({}), clinic.carla)
    other = {"given_name": "Zita", "collection_wanted_on": "2026-12-09"}

    with pytest.raises(DataRefused) as refused:
        import_orders(clinic.installation, a_file(other), clinic.carla)

    (problem,) = problems(refused)
    assert problem.startswith("line 2, column given_name: the record number belongs to a patient")


def test_a_record_number_has_one_name_within_a_file(clinic):
    """Two rows with one record number and two names are told apart by their lines."""
    other = {"sex": "M", "collection_wanted_on": "2026-12-09"}

    with pytest.raises(DataRefused, match="line 3, column sex: line 2 has the same record number"):
        import_orders(clinic.installation, a_file({}, other), clinic.carla)


def test_two_sites_may_use_the_same_record_number(clinic):
    """Record numbers are those of one site: the same number elsewhere is somebody else."""
    other = {"family_name": "Berg", "ordering_site": "South Hospital"}

    result = import_orders(clinic.installation, a_file({}, other), clinic.carla)

    patients = {look(clinic.installation, order.coi).therapy.patient for order in result.orders}
    assert len(patients) == 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the first line does not name the columns"),
        (b"name;born\r\nX;Y\r\n", "the first line does not name the columns"),
        (a_file(), "has no rows"),
        (a_file({}).replace(b"sex", b"gender", 1), "column sex: is missing"),
        (a_file({}).replace(b"sex", b"gender", 1), "column gender: is not a column"),
        (a_file({}).replace(b",sex", b",weight_kg", 1), "column weight_kg: stands there twice"),
        (a_file({}) + b',"one more"', "line 2: has 15 cells, and the first line has 14"),
        (a_file({}) + b'"x', "line 2: cannot be read from here on"),
        (b"\xff\xfe\x41", "its bytes are not the text they begin as"),
        (b'"' + a_file({}), "the first line does not name the columns"),
        (a_file({}).replace(b",sex,", b",sex,,", 1), "column number 5: is not a column"),
        (b"x" * (MOST_BYTES + 1), f"the file is larger than {MOST_BYTES} bytes"),
    ],
)
def test_what_is_no_table_of_orders_is_refused(content, told):
    """A file that is something else is refused with its reason, never read in part."""
    with pytest.raises(DataRefused) as refused:
        read_orders(content)

    assert told in str(refused.value)


def test_a_file_of_too_many_rows_is_refused_at_the_first_that_is_too_many():
    """Nobody orders ten thousand therapies in one file; what does is a mistake, or an attack."""
    header, row = a_file({}).split(b"\r\n")

    with pytest.raises(DataRefused, match=f"line {MOST_ROWS + 2}: the file has more than"):
        read_orders(b"\n".join([header, *[row] * (MOST_ROWS + 1)]))


def test_empty_columns_at_the_end_do_no_harm():
    """Spreadsheet programs save columns that were used once as empty ones, in every row."""
    (row,) = read_orders(a_file({}).replace(b"\r\n", b",,\r\n") + b",,")

    assert row.collection_wanted_on == "2026-12-01"


def test_empty_lines_and_columns_of_other_order_do_no_harm():
    """Rows without any text are passed over; columns may stand in any order, in any capitals."""
    header, row = a_file({}).decode().split("\r\n")
    turned = [",".join(reversed(line.split(","))) for line in (header.upper(), row)]

    (read,) = read_orders(f"{turned[0]}\n,,,,,,,,,,,\n\n{turned[1]}\n".encode())

    assert (read.line, read.family_name) == (4, "O'Brien-Łukasiewicz")


def test_every_column_is_documented():
    """The document describes each column, and no other."""
    listed = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]

    assert [line.split("`")[1] for line in listed] == list(COLUMNS)
