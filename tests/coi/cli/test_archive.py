"""`coi archive`: some records are read, and quality assurance signs for what was found."""


def test_it_is_read_and_signed_at_the_command_line(collected):
    """Before a checkpoint and before a reading it says what to do (A11-17)."""
    unread = collected.run("archive", "sign", "--as", "queenie", passwords=1)
    too_soon = collected.run("archive", "read")
    collected.run("checkpoint", "--once")
    read = collected.run("archive", "read")
    other = collected.run("archive", "sign", "--as", "nina", passwords=1)
    signed = collected.run("archive", "sign", "--as", "queenie", passwords=1)
    again = collected.run("archive", "sign", "--as", "queenie", passwords=1)

    assert (unread.exit_code, "run `coi archive read`" in unread.stderr) == (1, True)
    assert (too_soon.exit_code, "[NOT_SIGNED_YET]" in too_soon.stderr) == (1, True)
    assert read.exit_code == 0, read.output
    assert f"{collected.coi}: HOLDS: the record of" in read.stdout
    assert (other.exit_code, "[ROLE_LACKING]" in other.stderr) == (1, True)
    assert signed.exit_code == 0, signed.output
    assert f"{collected.coi}: HOLDS" in signed.stdout
    assert (again.exit_code, "signed for already" in again.stderr) == (1, True)
