"""`coi incident` records what must never be in both therapies, and moves nothing."""

from coi.services.therapies import list_therapies, look


def test_both_therapies_tell_of_it(collected):
    """Each gets a critical exception in an entry of its own that names the other."""
    desk = collected
    known = list_therapies(desk.clinic.installation)
    other = next(coi for coi, *_ in known if coi != desk.coi)
    words = ("incident", desk.coi, other, "--seen", "Two bags in one hand")

    result = desk.run(*words, "--unit", "north-apheresis", "--as", "nina", passwords=1)

    assert result.exit_code == 0, result.stderr
    for coi, stranger in ((desk.coi, other), (other, desk.coi)):
        event = look(desk.clinic.installation, coi).history[-1]
        assert event.kind == "incident"
        assert [scan["raw"] for scan in event.content["scans"]] == [stranger]
        assert f"{coi}: entry {event.seq}" in result.stdout


def test_one_therapy_is_no_two(collected):
    """An exception about one therapy is opened as such."""
    words = ("incident", collected.coi, collected.coi, "--seen", "x", "--unit", "north-ward")

    result = collected.run(*words, "--as", "nina", passwords=1)

    assert (result.exit_code, "two therapies" in result.stderr) == (1, True)
