"""Documents bear the seal of the house, and poppler, which is not ours, says whether it holds."""

import json
import subprocess
from datetime import timedelta
from hashlib import sha256

import pytest

from coi.interop import pades
from coi.interop.pades import YEARS, Seal, new_seal
from coi.services import sealing
from coi.services.sealing import NoSeal, seal_of
from tests.coi.cli.test_doctor import found

REFUSED = 1


def document(desk, file, **variables):
    """Write the custody record into a file."""
    words = ("report", "custody", desk.coi, "-o", str(file), "--as", "nina")
    return desk.run(*words, passwords=1, **variables)


def newest_document(desk):
    """What the entry of the last document says of it."""
    asked = "SELECT content FROM entry WHERE action = 'write_document' ORDER BY seq DESC LIMIT 1"
    (content,) = desk.clinic.installation.read(lambda tx: tx.exec_driver_sql(asked).one())
    return json.loads(content)["document"]


def read(file, trusted=None):
    """What poppler says of the signatures of a PDF."""
    words = ["pdfsig", *(("-nssdir", str(trusted)) if trusted else ()), str(file)]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


@pytest.fixture
def trusting(collected, tmp_path):
    """Somebody who was given the authority of the house, and trusts it."""
    folder, authority = tmp_path / "trusted", tmp_path / "seal.cer"
    folder.mkdir()
    assert collected.run("keys", "seal", "--authority", str(authority)).exit_code == 0
    known = ("certutil", "-d", str(folder))
    subprocess.run([*known, "-N", "--empty-password"], check=True)
    subprocess.run([*known, "-A", "-n", "house", "-t", "C,C,C", "-i", str(authority)], check=True)
    return folder


def test_a_document_is_sealed_and_whoever_knows_the_house_trusts_it(collected, trusting, tmp_path):
    """Nothing of it is outside of the seal; to others the house is a stranger."""
    file = tmp_path / "custody.pdf"
    document(collected, file)

    told = read(file, trusting)
    assert "ETSI.CAdES.detached" in told
    assert "Total document signed" in told
    assert "Signature is Valid" in told
    assert "Certificate is Trusted" in told
    assert "isn't Trusted" in read(file)


def test_its_entry_has_the_hash_of_what_was_handed_out_and_who_sealed_it(collected, tmp_path):
    """So the file is a document of the record, and a seal that was exchanged is seen."""
    file = tmp_path / "custody.pdf"
    document(collected, file)

    said = collected.run("keys", "seal").stdout
    entry = newest_document(collected)
    assert entry["sha256"] == sha256(file.read_bytes()).hexdigest()
    assert f"SHA-256 {entry['seal']}\n" in said


def test_one_changed_byte_breaks_the_seal(collected, trusting, tmp_path):
    """A page that was drawn otherwise, and one that was added."""
    file = tmp_path / "custody.pdf"
    document(collected, file)
    content = file.read_bytes()
    middle = content.index(b"stream") + 60

    file.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    assert "Signature is Valid" not in read(file, trusting)
    file.write_bytes(content + b"% more\n%%EOF\n")
    assert "Total document signed" not in read(file, trusting)


def test_a_seal_of_ones_own_is_used(collected, tmp_path):
    """Of whatever provider; here of another house."""
    own, file = tmp_path / "own.pem", tmp_path / "custody.pdf"
    own.write_bytes(new_seal("St Elsewhere", collected.clinic.installation.clock.now()))
    document(collected, file, COI_SEAL_FILE=str(own))

    assert "Signer Certificate Common Name: St Elsewhere documents" in read(file)
    assert newest_document(collected)["seal"] == Seal(own.read_bytes()).fingerprint


def test_without_a_seal_documents_are_as_they_were(collected, tmp_path, monkeypatch):
    """Where none is wanted, and where what seals is not installed; `coi doctor` says which."""
    file = tmp_path / "custody.pdf"
    document(collected, file, COI_SEAL_FILE="")
    assert "does not contain any signatures" in read(file)
    assert "seal" not in newest_document(collected)
    assert found(collected, COI_SEAL_FILE="")["seal"] == "look"

    monkeypatch.setattr(sealing, "find_spec", lambda _name: None)
    document(collected, tmp_path / "another.pdf")
    assert "does not contain any signatures" in read(tmp_path / "another.pdf")
    assert found(collected)["seal"] == "look"


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_a_seal_that_cannot_be_read_seals_nothing(collected, tmp_path, content):
    """The document is refused with what to do, and no copy is counted."""
    broken, file = tmp_path / "broken.pem", tmp_path / "custody.pdf"
    broken.write_bytes(content)

    result = document(collected, file, COI_SEAL_FILE=str(broken))

    assert (result.exit_code, file.exists()) == (REFUSED, False)
    assert "nor one be made there.\nPut its file back" in result.stderr
    assert found(collected, COI_SEAL_FILE=str(broken))["seal"] == "wrong"
    document(collected, file)
    assert newest_document(collected)["copy"] == "1"


def test_a_key_of_another_certificate_seals_nothing(clinic):
    """A document under it would be called forged by every reader."""
    now = clinic.installation.clock.now()
    mixed = new_seal("A", now).partition(b"-----BEGIN CERTIFICATE")[0]
    mixed += b"".join(new_seal("B", now).partition(b"-----BEGIN CERTIFICATE")[1:])

    with pytest.raises(ValueError, match="belong"):
        Seal(mixed)


def test_a_certificate_that_ended_seals_nothing(clinic, tmp_path):
    """And sixty days before, the doctor says so."""
    installation, file = clinic.installation, tmp_path / "seal.pem"
    now = installation.clock.now()
    file.write_bytes(new_seal("A", now - timedelta(days=365 * YEARS + 1)))

    with pytest.raises(NoSeal, match="ended at"):
        seal_of(installation, file)


def test_the_seal_is_its_owners_alone_and_made_once(clinic, tmp_path, monkeypatch):
    """Whoever comes second in the same moment takes the one that is there."""
    installation, file = clinic.installation, tmp_path / "keys" / "seal.pem"
    make = pades.new_seal

    def overtaken(house, now):
        """Another process makes one while this one does."""
        file.write_bytes(make("the first", now))
        return make(house, now)

    monkeypatch.setattr(pades, "new_seal", overtaken)
    first = seal_of(installation, file)

    assert first.certificate.subject.rfc4514_string() == "CN=the first documents"
    assert seal_of(installation, file).fingerprint == first.fingerprint
    assert [one.name for one in file.parent.iterdir()] == ["seal.pem"]
    file.unlink()
    monkeypatch.setattr(pades, "new_seal", make)
    seal_of(installation, file)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_seal_that_cannot_be_made_is_told_too(clinic, tmp_path):
    """Where the folder of the keys cannot be written."""
    (tmp_path / "keys").write_text("a file stands here", encoding="ascii")

    with pytest.raises(NoSeal, match="nor one be made there"):
        seal_of(clinic.installation, tmp_path / "keys" / "seal.pem")


def test_only_what_proves_something_is_sealed(collected, tmp_path):
    """What is scanned at once waits for no seal, also where that is broken."""
    broken, order, label = (tmp_path / name for name in ("broken.pem", "order.pdf", "label.pdf"))
    broken.touch()
    words = ("report", "order", collected.coi, "-o", str(order), "--as", "nina")
    collected.run(*words, passwords=1, COI_SEAL_FILE=str(broken))
    collected.paper("label", "bag", collected.labels[0], "-o", str(label))

    assert "does not contain any signatures" in read(order)
    assert "does not contain any signatures" in read(label)
