"""The whole record of one therapy in one file: to be read, checked and kept without this program.

It takes the password (SEC-15), and is a copy with a number, on record with its hash before anybody
has it in hand. Who the patient is lies in it only where that was asked for, with a reason, by
somebody who meets the patient; that is a look like any other (P11-10b, SEC-33).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import Unknown
from coi.reports.archive import archive
from coi.reports.custody_contents import CustodyRecord
from coi.reports.record_readme import readme
from coi.reports.viewer import Papers, Taken, viewer
from coi.reports.wording import utc
from coi.services.checkpoint_keys import key_of_newest
from coi.services.copies import Paper, printed
from coi.services.custody_reading import ERASED
from coi.services.custody_telling import tell
from coi.services.installation import Installation
from coi.services.looking import require_seen_whole
from coi.services.looks import look_at_patient
from coi.services.printing_rights import require_to_know
from coi.services.proofs import JustProven, Proven, acting
from coi.services.proving import proof_in
from coi.services.record_json import Made, entry_files, record_json, review_files
from coi.services.record_reading import WholeRecord, read_whole
from coi.services.record_sheets import sheets
from coi.services.reporting import custody_pdf, name_of, software
from coi.services.sealing import sealed
from coi.services.step_files import files_in
from coi.store.transactions import Transaction

KIND = "whole_record"
WITH_IDENTITY = "whole_record_with_identity"
"""What the entry calls the file: nobody has to guess which copies name the patient."""

REPORTS = Path(__file__).parents[1] / "reports"
SCHEMA = REPORTS / "record.schema.json"
VERIFIER = REPORTS / "offline" / "verify.py"
"""The program that lies in each file, so that whoever has it needs no other to check it."""

VECTORS = REPORTS / "offline" / "proof_vectors.json"
"""Proofs, right and wrong, that lie beside it: whoever doubts the program tries it on them."""

Identity = Mapping[str, str]


def may_name_patient(installation: Installation, by: Proven, coi: str) -> bool:
    """Whoever may take the record of this therapy meets its patient, and may have the name in it.

    Raises:
        Unknown: there is no such therapy, or none that this person may see all of.
    """

    def look(tx: Transaction) -> bool:
        person = acting(tx, by).person
        require_seen_whole(tx, person, coi)
        try:
            require_to_know(tx, person, coi)
        except Unknown:
            return False
        return True

    return installation.read(look)


def write_whole_record(
    installation: Installation, by: JustProven, coi: str, why_identity: str = ""
) -> bytes:
    """Everything that the record holds of a therapy, as a ZIP of files that explain themselves.

    With a reason in `why_identity` it says who the patient is; without one it does not.

    Raises:
        Unknown: there is no such therapy, or none that this person may see all of; with a reason:
            none whose patient they meet.
        DataRefused: the reason is none of those that there are.
        IdentityErased: the patient's identity was asked for, and nobody can read it any more.
        RecordDamaged: an entry cannot be read any more.
    """
    installation.require_writable()
    installation.read(lambda tx: require_seen_whole(tx, acting(tx, by).person, coi))
    identity = look_at_patient(installation, by, coi, why_identity) if why_identity else {}

    name = installation.read(lambda tx: name_of(tx, by))

    def draw(copy: int) -> bytes:
        return drawn_whole(installation, coi, name, copy, identity)

    return printed(installation, by, Paper(WITH_IDENTITY if identity else KIND, coi), draw)


def drawn_whole(
    installation: Installation,
    coi: str,
    by: str,
    copy: int,
    identity: Identity = MappingProxyType({}),
) -> bytes:
    """The file as it is now, made by somebody of this name; that it leaves is on record elsewhere.

    Raises:
        Unknown: there is no such therapy.
        RecordDamaged: an entry cannot be read any more.
    """

    def look(tx: Transaction) -> tuple[WholeRecord, bytes, Ed25519PrivateKey | None]:
        whole = read_whole(tx, installation, coi)
        beside = [(one.chain, one.seq) for one in whole.reading.reviews]
        key = key_of_newest(tx, installation.settings)
        return whole, proof_in(tx, installation.settings, coi, beside), key

    whole, proof, key = installation.read(look)
    at = installation.clock.now().astimezone(UTC)
    made = _made(installation, at, by, copy, identity)
    # Whoever signs checkpoints says which files these are: tables and papers are in no entry.
    return archive(_files_of(installation, whole, made, proof, identity), key.sign if key else None)


def _made(installation: Installation, at: datetime, by: str, copy: int, identity: Identity) -> Made:
    return Made(at, by, software(), copy, installation.demonstration, bool(identity))


def _files_of(
    installation: Installation, whole: WholeRecord, made: Made, proof: bytes, identity: Identity
) -> Mapping[str, bytes]:
    """The files in the order in which somebody opens them: first what says how to read them."""
    told = tell(whole.reading, made.at, made.by, made.software, demo=made.demonstration)
    files = {
        "README.txt": _readme(whole, made),
        "index.html": _page(whole, made, told),
        # The copy that is counted is the whole: the same paper alone has numbers of its own.
        "custody.pdf": sealed(installation, custody_pdf(told, 0)).content,
        "record.json": record_json(whole, made, told.verification, told.departures),
        "record.schema.json": SCHEMA.read_bytes(),
        **sheets(whole),
        **{one.file: one.text.encode() for one in whole.definitions},
        **{one.file: one.text.encode() for one in whole.templates},
        **_bytes_of_entries(whole),
        **_bytes_of_reviews(whole),
        **{one.file: one.content for one in whole.beside},
        "proofs/proof.json": proof,
        "proofs/vectors.json": VECTORS.read_bytes(),
        "verify.py": VERIFIER.read_bytes(),
    }
    if identity:
        text = json.dumps(dict(identity), ensure_ascii=False, indent=1)
        files["identity.json"] = f"{text}\n".encode()
    return files


def _bytes_of_entries(whole: WholeRecord) -> Mapping[str, bytes]:
    """The very bytes that were hashed, and no byte more."""
    files: dict[str, bytes] = {}
    for event, written in zip(whole.reading.view.history, whole.written, strict=True):
        happened, signed = entry_files(event.seq)
        files |= {happened: written.content, signed: written.signed}
    return files


def _bytes_of_reviews(whole: WholeRecord) -> Mapping[str, bytes]:
    """The same of each review of the trail, which stands in the chain of a site."""
    files: dict[str, bytes] = {}
    for number, review in enumerate(whole.reading.reviews, start=1):
        happened, signed = review_files(number)
        files |= {happened: review.content.encode(), signed: review.signed.encode()}
    return files


def _page(whole: WholeRecord, made: Made, told: CustodyRecord) -> bytes:
    """The same to be read in a browser."""
    taken = [
        Taken(
            at=utc(parse_rfc3339(one.recorded_at)),
            by=whole.people.get(one.actor, ERASED),
            what=f"{one.kind} {one.about}".replace("_", " "),
            copy=one.copy,
            sha256=one.sha256,
            reason=one.reason,
        )
        for one in (*whole.documents, *whole.looks)
    ]
    how = f"{utc(made.at)} by {made.by}, copy {made.copy}"
    return viewer(
        told, how, taken, papers=_papers(whole), files=_files(whole), identity=made.identity
    )


def _papers(whole: WholeRecord) -> Mapping[int, Papers]:
    """The picture of each statement that had one, by its entry."""
    kept = {
        one.entry: Papers(one.file, sha256(one.content).hexdigest(), one.commitment)
        for one in whole.pictures
    }
    had = {one.seq: Papers("", "", one.picture) for one in whole.statements if one.picture}
    return {**had, **kept}


def _files(whole: WholeRecord) -> Mapping[int, Sequence[Papers]]:
    """The files that each step kept, by its entry; of those that were erased, the commitment."""
    kept = {
        one.commitment: Papers(one.file, one.reference.sha256, one.commitment)
        for one in whole.files
    }
    return {
        event.seq: [kept.get(one, Papers("", "", one)) for one in files_in(event.content)]
        for event in whole.reading.view.history
    }


def _readme(whole: WholeRecord, made: Made) -> bytes:
    return readme(
        whole.coi,
        at=rfc3339(made.at),
        copy=made.copy,
        software=made.software,
        head=whole.reading.view.head_hash,
        demonstration=made.demonstration,
        identity=made.identity,
    )
