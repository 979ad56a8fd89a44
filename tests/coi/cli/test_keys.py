"""`coi keys`: the vault key is given out in halves, and comes back from both, or not at all."""

import json
from pathlib import Path

import pytest

from coi.services import people
from coi.services.identity import identity_of
from coi.services.installation import open_installation
from coi.store.entries import entries_of
from coi.store.lists import therapies
from coi.store.registers import any_sealed_patient
from coi.store.transactions import reading
from tests.coi.clinic import PASSWORD, begun


@pytest.fixture
def ordered(desk):
    """A desk with patients in the vault, whose administrator's password the tests know."""
    people.set_password(desk.clinic.installation, desk.clinic.root, PASSWORD)
    desk.order()
    return desk


@pytest.fixture
def key_file(ordered):
    """Where the key stands."""
    return ordered.clinic.installation.settings.vault_key_file


def given_out(desk, folder, name="half"):
    """The files of two halves."""
    files = [folder / f"{name}-{n}.txt" for n in (1, 2)]
    answer = desk.run("keys", "escrow", *map(str, files), "--as", "root", passwords=1)
    assert answer.exit_code == 0, answer.stderr
    return files


def restored(desk, *files):
    """What the command says of these halves."""
    return desk.run("keys", "restore", *map(str, files))


def escrows(desk):
    """What the record says of halves that were given out."""
    with reading(desk.clinic.installation.engine) as tx:
        told = [json.loads(text) for _, text, _ in entries_of(tx, "site:organisation")]
    return [
        (one["actor"], one["document"]["kind"]) for one in told if one["action"] == "escrow_key"
    ]


def a_name(desk):
    """The family name of a patient, read with the key that is there."""
    installation = open_installation(desk.clinic.installation.settings)
    with reading(installation.engine) as tx:
        told = identity_of(tx, installation, any_sealed_patient(tx))
    installation.engine.dispose()
    return told["family_name"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["as printed", "swapped"])
def test_both_halves_bring_the_key_back(ordered, key_file, tmp_path, order):
    """In whichever order; names can be read again."""
    files = given_out(ordered, tmp_path)
    before, name = key_file.read_bytes(), a_name(ordered)
    key_file.unlink()

    answer = restored(ordered, *(files[n] for n in order))

    assert (answer.exit_code, key_file.read_bytes(), a_name(ordered)) == (0, before, name)
    assert key_file.stat().st_mode & 0o777 == 0o600


def test_that_halves_were_given_out_is_on_record(ordered, tmp_path):
    """By whom; and `coi keys check` says when."""
    before = ordered.run("keys", "check").stdout

    given_out(ordered, tmp_path)

    assert "NEVER" in before
    assert "custodians: 2026-11-24T" in ordered.run("keys", "check").stdout
    assert escrows(ordered) == [(ordered.clinic.root.person, "vault_key")]


def test_a_half_says_nothing_of_the_key(ordered, key_file, tmp_path):
    """No line of the key stands in one, and the next escrow has other halves."""
    first, second = given_out(ordered, tmp_path), given_out(ordered, tmp_path, "again")
    texts = [path.read_text().replace(" ", "") for path in (*first, *second)]
    key = key_file.read_text().strip()

    assert all(key[at : at + 16] not in text for text in texts for at in range(0, 64, 16))
    assert len(set(texts)) == 4


def test_halves_are_their_makers_alone_to_read(ordered, tmp_path):
    """Nobody else on this machine reads them before they are printed."""
    files = given_out(ordered, tmp_path)

    assert [path.stat().st_mode & 0o777 for path in files] == [0o600, 0o600]


def test_a_key_that_is_there_is_never_overwritten(ordered, key_file, tmp_path):
    """Not even by itself."""
    files = given_out(ordered, tmp_path)
    key_file.write_text("00" * 32)

    answer = restored(ordered, *files)

    assert (answer.exit_code, "[KEY_IS_THERE]" in answer.stderr) == (1, True)
    assert key_file.read_text() == "00" * 32


def half_once(files, _desk, _folder):
    """The same half twice."""
    return files[0], files[0]


def of_two_escrows(files, desk, folder):
    """Halves that were given out at different times."""
    return files[0], given_out(desk, folder, "later")[1]


def misread(files, _desk, folder):
    """A half of which one digit was misread."""
    text = files[1].read_text()
    at = text.index("line 3") + len("line 3  ")
    wrong = folder / "misread.txt"
    wrong.write_text(text[:at] + ("1" if text[at] != "1" else "2") + text[at + 1 :])
    return files[0], wrong


def a_line_short(files, _desk, folder):
    """A half whose last line is missing."""
    short = folder / "short.txt"
    short.write_text(files[1].read_text().replace("line 4", "lost"))
    return files[0], short


def something_else(files, _desk, _folder):
    """A file that is no half."""
    return files[0], Path(__file__)


WRONG = [
    (half_once, "both are half 1"),
    (of_two_escrows, "of two escrows"),
    (misread, "line 3 of half 2"),
    (a_line_short, "line 4 of half 2"),
    (something_else, "no half of a vault key"),
]


@pytest.mark.parametrize(("spoil", "sentence"), WRONG, ids=lambda one: getattr(one, "__name__", ""))
def test_wrong_halves_bring_nothing_back(ordered, key_file, tmp_path, spoil, sentence):
    """What is wrong is said, and no key file is written."""
    files = spoil(given_out(ordered, tmp_path), ordered, tmp_path)
    key_file.unlink()

    answer = restored(ordered, *files)

    assert (answer.exit_code, sentence in answer.stderr, key_file.exists()) == (1, True, False)


def test_a_half_may_be_typed_from_its_paper(ordered, key_file, tmp_path):
    """In capitals, with other spaces and without the words around."""
    files = given_out(ordered, tmp_path)
    kept = [
        line for line in files[0].read_text().splitlines() if line[:4] in {"VAUL", "Key ", "line"}
    ]
    files[0].write_text("\r\n".join(f"  {line.upper()}  " for line in kept))
    key_file.unlink()

    assert restored(ordered, *files).exit_code == 0


@pytest.fixture
def another(tmp_path, migrated_file):
    """Another installation, with a key of its own."""
    other = begun(tmp_path / "other", migrated_file, lambda n: b"x" * n)[0]
    yield other
    other.engine.dispose()


def test_the_key_of_another_record_is_not_put_here(ordered, key_file, tmp_path, another):
    """The first entry says which key it is, also where no patient was sealed yet."""
    files = given_out(ordered, tmp_path)
    other_file = another.settings.vault_key_file
    other_file.unlink()
    key_file.unlink()

    answer = ordered.run("keys", "restore", *map(str, files), home=another.settings.home)

    assert (answer.exit_code, "not that of this record" in answer.stderr) == (1, True)
    assert not other_file.exists()


def test_a_key_that_is_not_the_records_is_noticed(ordered, key_file):
    """A file that was mistaken for it gives no halves away either."""
    key_file.write_text("00" * 32)

    answers = [
        ordered.run("keys", "check"),
        ordered.run("keys", "escrow", "a", "b", "--as", "root", passwords=1),
    ]

    assert [answer.exit_code for answer in answers] == [1, 1]
    assert all("not that of this record" in answer.stderr for answer in answers)


def test_only_an_administrator_gives_halves_out(ordered, tmp_path):
    """A coordinator does not; nothing is written."""
    files = [str(tmp_path / name) for name in ("a", "b")]

    answer = ordered.run("keys", "escrow", *files, "--as", "carla", passwords=1)

    assert (answer.exit_code, "[ROLE_LACKING]" in answer.stderr) == (1, True)
    assert not any(Path(file).exists() for file in files)


def test_without_the_key_the_history_verifies_and_nobody_is_named(ordered, key_file):
    """The record proves itself; the names are unreadable (SEC-35)."""
    key_file.unlink()

    verified, named = ordered.run("verify"), ordered.run("keys", "check")

    assert (verified.exit_code, "Whole and unchanged" in verified.stdout) == (0, True)
    assert (named.exit_code, "[VAULT_CLOSED]" in named.stderr) == (1, True)


def test_the_key_may_stand_elsewhere(ordered, key_file, tmp_path):
    """On another mount than the database."""
    elsewhere = tmp_path / "mount" / "the.key"
    elsewhere.parent.mkdir()
    key_file.rename(elsewhere)

    answer = ordered.run("keys", "check", COI_VAULT_KEY_FILE=str(elsewhere))

    assert (answer.exit_code, "is that of this record" in answer.stdout) == (0, True)
    with reading(ordered.clinic.installation.engine) as tx:
        assert therapies(tx)
