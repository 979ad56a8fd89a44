"""`coi verify` says that the record is whole, or names what is not."""

from contextlib import closing
from hashlib import sha256

from pysqlite3 import dbapi2 as sqlite3

from coi.services import verifying
from coi.store import together


def change(desk, *statements):
    """Do what no command does: switch the locks off, and change the database by hand."""
    path = desk.clinic.installation.settings.home / "coi.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        triggers = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        locks = triggers.fetchall()
        for name, _sql in locks:
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
        for _name, sql in locks:
            database.execute(sql)
        database.commit()


def test_a_whole_record_is_said_to_be_whole(collected, tmp_path):
    """How many entries, in how many chains, and the digest that stands for them all."""
    result = collected.run("verify", "--heads", str(tmp_path / "heads.json"))

    assert result.exit_code == 0
    assert result.stdout.startswith("Whole and unchanged: ")
    assert (tmp_path / "heads.json").exists()


def test_several_processes_verify_together(collected, monkeypatch):
    """As many as are asked for; by itself one for each core."""
    asked = []
    shared = verifying.verify_together
    monkeypatch.setattr(together, "SHARED_FROM", 0)
    monkeypatch.setattr(verifying, "verify_together", lambda *a: asked.append(a) or shared(*a))

    alone, two = (collected.run("verify", "--processes", number) for number in "12")

    assert two.stdout == alone.stdout
    assert two.stdout.startswith("Whole and unchanged: ")
    assert len(asked) == 1


def test_a_later_verification_goes_on_from_the_heads(collected, tmp_path):
    """With heads kept elsewhere only what is new is looked at."""
    heads = str(tmp_path / "heads.json")
    collected.run("verify", "--heads", heads)
    collected.act("complete_collection", "carla", "north-ward")

    result = collected.run("verify", "--since", heads)

    assert (result.exit_code, "1 entries" in result.stdout) == (0, True)


def test_what_was_changed_is_named(collected):
    """A value that was rewritten by the owner of the file is found and named."""
    change(collected, "UPDATE value SET content = '500' WHERE field = 'volume_ml'")

    result = collected.run("verify")

    assert result.exit_code == 1
    assert f"value {collected.coi}/" in result.stderr
    assert "NOT AS RECORDED" in result.stderr


def test_a_document_that_was_handed_out_is_told_from_one_that_was_changed(collected, tmp_path):
    """Its copy, who made it and when; one byte more, and nobody made it (T11)."""
    made, changed = tmp_path / "made.pdf", tmp_path / "changed.pdf"
    collected.paper("report", "custody", collected.coi, "-o", str(made))
    changed.write_bytes(made.read_bytes() + b" ")

    one = collected.run("verify", "--document", str(made))
    both = collected.run("verify", "--document", str(changed), "--document", str(made))

    said = f"{made}: custody record of {collected.coi}, copy 1, made by "
    assert (one.exit_code, said in one.stdout) == (0, True)
    assert (both.exit_code, said in both.stdout) == (1, True)
    assert f"{changed}: NOT A DOCUMENT OF THIS RECORD" in both.stderr


def test_a_request_that_asks_for_the_same_bytes_is_no_document(collected, tmp_path):
    """Only what an entry itself says was handed out is one."""
    file = tmp_path / "made.pdf"
    file.write_bytes(b"made elsewhere")
    digest = sha256(file.read_bytes()).hexdigest()
    change(collected, f"UPDATE request SET digest = '{digest}'")  # noqa: S608 - by hand

    result = collected.run("verify", "--document", str(file))

    assert "NOT A DOCUMENT OF THIS RECORD" in result.stderr


def test_heads_that_were_changed_are_refused(collected, tmp_path):
    """A heads file is itself protected by its digest."""
    heads = tmp_path / "heads.json"
    heads.write_text("{}")

    result = collected.run("verify", "--since", str(heads))

    assert (result.exit_code, "heads file" in result.stderr) == (1, True)


def test_what_is_new_is_verified_since_the_record_was_last_whole(collected):
    """Nobody need keep a file for it; the chain that grew is read from its beginning."""
    collected.run("verify")
    collected.act("complete_collection", "carla", "north-ward")

    result = collected.run("verify", "--since-last")

    assert (result.exit_code, "1 chains grew" in result.stdout) == (0, True)
    assert "Digest" not in result.stdout


def test_without_an_earlier_verification_the_whole_record_is_read(collected):
    """Nothing is taken as verified that was not."""
    result = collected.run("verify", "--since-last")

    assert (result.exit_code, "the whole record is read" in result.stdout) == (0, True)
    assert "Digest" in result.stdout


def test_it_remembers_by_itself(collected, tmp_path):
    """Heads of one's own and what is remembered are two questions."""
    result = collected.run("verify", "--since-last", "--heads", str(tmp_path / "heads.json"))

    assert (result.exit_code, "leave out" in result.stderr) == (2, True)


def test_what_was_found_is_found_again(collected):
    """A record that does not hold changes nothing of what is remembered."""
    collected.run("verify")
    change(collected, "DELETE FROM signature WHERE seq = (SELECT max(seq) FROM signature)")

    results = [collected.run("verify", "--since-last") for _ in range(2)]

    assert [result.exit_code for result in results] == [1, 1]
    # The last line counts the entries; the first look has put on record what it found.
    first, second = (result.stderr.splitlines() for result in results)
    assert first[:-1] == second[:-1] != []
