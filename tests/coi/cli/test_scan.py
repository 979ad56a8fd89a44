"""`coi scan` says what a code is, or stops in one sentence."""

from contextlib import suppress

from labels.identifiers import Serial
from tests.coi.cli.desk import both_nurses


def test_a_bag_label_tells_whose_it_is_and_where(collected):
    """Sort, therapy, state, holder and next actions; the patient by an id without a name."""
    answer = collected.run("scan", collected.labels[0]).stdout

    assert f"bag label  {collected.labels[0]}\n" in answer
    assert f"therapy    {collected.coi}\n" in answer
    assert "state      collected\nholder     north-apheresis\n" in answer
    assert "next       freeze_material (Freeze starting material)\n" in answer
    assert "Wuckert" not in answer


def test_the_symbol_of_a_label_is_the_label(collected):
    """What the scanner reads from the symbol, with the COI, is the same label."""
    scanned = collected.run("scan", f"]d1{collected.labels[0]}/{collected.coi}").stdout

    assert scanned == collected.run("scan", collected.labels[0].lower()).stdout


def test_an_order_and_a_wristband_lead_to_the_therapy(collected):
    """The COI is the order; the wristband is the patient's, with every therapy of theirs."""
    order = collected.run("scan", collected.coi).stdout
    band = collected.run("scan", collected.wristband).stdout

    assert order.startswith(f"order      {collected.coi} (Autologous CAR-T")
    assert f"therapy    {collected.coi}\n" in band


def test_a_replaced_wristband_says_so(collected):
    """Once a new wristband is issued, the old one is told as replaced."""
    collected.act("admit_patient", "nina", "north-apheresis", *both_nurses())

    assert "REPLACED" in collected.run("scan", collected.wristband).stdout


def test_a_misread_code_stops(desk):
    """A wrong check character is one sentence that stops, and exit status 1."""
    result = desk.run("scan", "B-TEST-00000000-7")

    assert result.exit_code == 1
    assert result.stderr.startswith("STOP. ")
    assert "[UNKNOWN_CODE]" in result.stderr


def test_a_code_that_was_never_issued_stops(collected):
    """A well-formed code that nobody issued is not known here."""
    serial = next(each for each in _well_formed() if each not in collected.labels)

    assert "STOP. No such code was issued here." in collected.run("scan", serial).stderr


def test_a_wristband_that_nobody_knows_is_not_put_aside(collected):
    """It is on an arm."""
    told = collected.run("scan", next(_well_formed("W"))).stderr

    assert told.startswith("STOP. This wristband is not known here.\nDo not go on. Identify")
    assert "Put it aside" not in told


def _well_formed(kind="B"):
    """Serials, of bag labels or others, that have their check character."""
    for last in "0123456789ABCDEFGHJK":
        with suppress(ValueError):
            yield Serial(kind, "TEST", f"2345678{last}").text
