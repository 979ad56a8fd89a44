"""`coi therapy` lists all therapies, and tells everything of one."""


def test_every_therapy_is_listed(collected):
    """COI, workflow and state, one line each."""
    listed = collected.run("therapy").stdout.splitlines()

    assert len(listed) == 8
    assert f"{collected.coi}  autologous-car-t  collecting" in listed


def test_one_therapy_is_told_whole(collected):
    """Where everything is, what happened at which local time, what was recorded, what is next."""
    told = collected.run("therapy", collected.coi).stdout

    label = collected.labels[0]
    assert f"Starting material {collected.coi}/6.1: collected, held by north-apheresis, " in told
    assert f"label {label}" in told
    assert "2026-11-23 10:00 +01:00" in told
    assert "Nina Example" in told
    assert "115.5 mL" in told
    assert "next: complete_collection (Declare the collection complete)" in told


def test_no_name_of_a_patient_is_told(collected):
    """The patient is an id; the name stays in the vault."""
    assert "Wuckert" not in collected.run("therapy", collected.coi).stdout


def test_an_unknown_therapy_is_said_in_words(collected):
    """A sentence, the next step and the code."""
    result = collected.run("therapy", "TEST-ABCDEFGH-0")

    assert (result.exit_code, "[UNKNOWN]" in result.stderr) == (1, True)
