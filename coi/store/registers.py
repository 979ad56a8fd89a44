"""The registers, written and read: parties, sites, units, people, workflows; and what is apart."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, delete, select

from coi.store import tables as t
from coi.store.append import add
from coi.store.statements import Statement
from workflows.model import Transition


@dataclass(frozen=True, slots=True)
class Site:
    """A hospital, manufacturer, laboratory or courier."""

    id: str
    kind: str
    name: str
    country: str
    time_zone: str


def add_chain(connection: Connection, chain: str, kind: str) -> None:
    """Begin a chain."""
    add(connection, t.chain, [{"id": chain, "kind": kind}])


def add_therapy(connection: Connection, coi: str, patient: str, workflow: str) -> None:
    """Begin a therapy: its chain, and for whom it is."""
    add_chain(connection, coi, "therapy")
    row = {"coi": coi, "kind": "therapy", "patient_id": patient, "patient_kind": "patient"}
    add(connection, t.therapy, [row | {"workflow": workflow}])


def add_party(connection: Connection, party: str, kind: str) -> None:
    """Name a patient or a unit as somebody who can hold something."""
    add(connection, t.party, [{"id": party, "kind": kind}])


def add_site(connection: Connection, site: Site, chain: str, seq: int) -> None:
    """Register a site."""
    row = {"id": site.id, "kind": site.kind, "name": site.name, "country": site.country}
    add(connection, t.site, [row | {"time_zone": site.time_zone, "chain": chain, "seq": seq}])


def add_unit(connection: Connection, unit: Mapping[str, str], chain: str, seq: int) -> None:
    """Register a unit (id, site, name) as a party that can hold things."""
    add_party(connection, unit["id"], "unit")
    add(connection, t.unit, [{**unit, "kind": "unit", "chain": chain, "seq": seq}])


def add_person(
    connection: Connection,
    person: Mapping[str, str],
    username: str,
    chain: str,
    seq: int,
) -> None:
    """Register a person (id, kind) with an account."""
    add(connection, t.person, [{**person, "chain": chain, "seq": seq}])
    add_account(connection, username, person["id"], chain, seq)


def add_account(connection: Connection, username: str, person: str, chain: str, seq: int) -> None:
    """Register one more account of a person."""
    row = {"username": username, "person": person, "chain": chain, "seq": seq}
    add(connection, t.account, [row])


def add_workflow(
    connection: Connection,
    installed: Mapping[str, object],
    transitions: Iterable[Transition],
    chain: str,
    seq: int,
) -> None:
    """Install one version of a definition (name, version, hash, text) with what it allows."""
    rows = t.numbered(transitions)
    at = {"chain": chain, "seq": seq, "transitions": len(rows)}
    add(connection, t.workflow, [{**installed, **at}])
    add(connection, t.transition, rows)


def workflow_text(connection: Connection, name: str, version: int) -> str | None:
    """The definition's text as installed, or None."""
    found = select(t.workflow.c.text).where(
        t.workflow.c.name == name, t.workflow.c.version == version
    )
    return connection.execute(found).scalar_one_or_none()


def newest_version(connection: Connection, name: str) -> int | None:
    """The newest installed version of a workflow, or None when it is not installed."""
    found = (
        select(t.workflow.c.version)
        .where(t.workflow.c.name == name)
        .order_by(t.workflow.c.version.desc())
        .limit(1)
    )
    return connection.execute(found).scalar_one_or_none()


def workflow_names(connection: Connection) -> list[str]:
    """Every workflow that is installed, in whichever version."""
    return list(connection.execute(select(t.workflow.c.name).distinct()).scalars())


def person_chain(connection: Connection, person: str) -> str | None:
    """The chain in which everything about a person is attested."""
    found = select(t.person.c.chain).where(t.person.c.id == person)
    return connection.execute(found).scalar_one_or_none()


_sites = Statement(
    select(
        t.site.c.id, t.site.c.kind, t.site.c.name, t.site.c.country, t.site.c.time_zone
    ).order_by(t.site.c.name)
)
_units = Statement(
    select(t.unit.c.id, t.unit.c.site, t.unit.c.name).order_by(t.unit.c.site, t.unit.c.id)
)


def sites(connection: Connection) -> list[Site]:
    """Every site, by name."""
    return [Site(*row) for row in _sites.rows(connection)]


def units(connection: Connection) -> list[tuple[str, str, str]]:
    """Every unit: id, site, name."""
    return [(row[0], row[1], row[2]) for row in _units.rows(connection)]


def usernames(connection: Connection) -> list[str]:
    """Every account, in alphabetical order."""
    return list(connection.execute(select(t.account.c.username).order_by("username")).scalars())


# -- apart -----------------------------------------------------------------------------------------


def keep_text(connection: Connection, commitment: str, salt: str, text: str) -> None:
    """Keep an erasable text beside its commitment."""
    add(connection, t.erasable, [{"commitment": commitment, "salt": salt, "text": text}])


_text = Statement(
    select(t.erasable.c.text).where(t.erasable.c.commitment == bindparam("commitment"))
)


def text_of(connection: Connection, commitment: str) -> str | None:
    """The text behind a commitment, or None when it was erased."""
    row = _text.row(connection, commitment=commitment)
    return row[0] if row else None


def texts_kept(connection: Connection, commitments: Collection[str]) -> set[str]:
    """Those of these commitments whose text was not erased; the texts are not read."""
    wanted = select(t.erasable.c.commitment).where(t.erasable.c.commitment.in_(commitments))
    return {row[0] for row in connection.execute(wanted)} if commitments else set()


def erase_texts(connection: Connection, commitments: Collection[str]) -> None:
    """Erase these texts; what committed to them stays, and holds without them."""
    if commitments:
        gone = delete(t.erasable).where(t.erasable.c.commitment.in_(commitments))
        connection.execute(gone)


_AT_ONCE = 40
# Always of the same length, so that it is written once; no commitment is empty.
_texts = Statement(
    select(t.erasable.c.commitment, t.erasable.c.text).where(
        t.erasable.c.commitment.in_([bindparam(f"commitment{n}") for n in range(_AT_ONCE)])
    )
)


def texts_of(connection: Connection, commitments: Iterable[str]) -> dict[str, str]:
    """The texts behind commitments; those that were erased are left out."""
    wanted = sorted(set(commitments))
    found: dict[str, str] = {}
    for first in range(0, len(wanted), _AT_ONCE):
        some = wanted[first : first + _AT_ONCE]
        asked = {f"commitment{n}": one for n, one in enumerate(some)}
        blank = {f"commitment{n}": "" for n in range(len(some), _AT_ONCE)}
        found |= {row[0]: row[1] for row in _texts.rows(connection, **asked, **blank)}
    return found


def keep_password(connection: Connection, person: str, password_hash: str, set_at: str) -> None:
    """Keep a person's newest password hash; the one before is gone, and the PIN set with it."""
    connection.execute(delete(t.credential).where(t.credential.c.person == person))
    connection.execute(delete(t.pin).where(t.pin.c.person == person))
    add(
        connection,
        t.credential,
        [
            {
                "person": person,
                "person_kind": "person",
                "password_hash": password_hash,
                "set_at": set_at,
            }
        ],
    )


def keep_identity(
    connection: Connection, patient: str, wrapped: str, rows: list[dict[str, str]]
) -> None:
    """Keep a patient's sealed identity with its wrapped key."""
    add(connection, t.patient_key, [{"patient_id": patient, "wrapped": wrapped}])
    add(connection, t.patient_identity, [{"patient_id": patient, **row} for row in rows])


_lock_patient = (
    select(t.patient_key.c.patient_id)
    .where(t.patient_key.c.patient_id == bindparam("patient"))
    .with_for_update()
)


def lock_patient(connection: Connection, patient: str) -> None:
    """Wait until nobody else orders for this patient; SQLite has one writer anyway."""
    connection.execute(_lock_patient, {"patient": patient})


def sealed_identity(
    connection: Connection, patient: str
) -> tuple[str, list[tuple[str, str, str]]] | None:
    """The wrapped key and the sealed fields (field, nonce, ciphertext), or None when erased."""
    key = select(t.patient_key.c.wrapped).where(t.patient_key.c.patient_id == patient)
    wrapped = connection.execute(key).scalar_one_or_none()
    columns = t.patient_identity.c
    found = select(columns.field, columns.nonce, columns.ciphertext).where(
        columns.patient_id == patient
    )
    rows = [(row[0], row[1], row[2]) for row in connection.execute(found)]
    return (wrapped, rows) if wrapped is not None else None


def any_sealed_patient(connection: Connection) -> str | None:
    """A patient whose identity is sealed here, or None when there is none."""
    found = select(t.patient_key.c.patient_id).order_by(t.patient_key.c.patient_id).limit(1)
    return connection.execute(found).scalar_one_or_none()


def patients_with(connection: Connection, field: str, ciphertext: str) -> list[str]:
    """The patients whose identity holds exactly this blind index."""
    columns = t.patient_identity.c
    found = select(columns.patient_id).where(
        columns.field == field, columns.ciphertext == ciphertext
    )
    return list(connection.execute(found).scalars())


_request = Statement(
    select(t.request.c.actor, t.request.c.digest, t.request.c.chain, t.request.c.seq).where(
        t.request.c.key == bindparam("key")
    )
)


def answered(connection: Connection, key: str) -> tuple[str, str, str, int] | None:
    """Who asked under this key, for what (digest), and which entry answered; None when nobody."""
    row = _request.row(connection, key=key)
    return (row[0], row[1], row[2], row[3]) if row else None


MOST_KEYS = 256
_each = Statement(
    select(t.request.c.key, t.request.c.actor, t.entry.c.content)
    .join(
        t.entry,
        and_(t.entry.c.chain == t.request.c.chain, t.entry.c.seq == t.request.c.seq),
    )
    .where(t.request.c.key.in_([bindparam(f"key{n}") for n in range(MOST_KEYS)]))
)


def answers_to(connection: Connection, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    """For each of these keys that was answered, no more than 256: who asked, and the entry."""
    told = {f"key{n}": key for n, key in enumerate([*keys, *[""] * (MOST_KEYS - len(keys))])}
    return {row[0]: (row[1], row[2]) for row in _each.rows(connection, **told)}


_answers = Statement(
    select(t.request.c.chain, t.request.c.seq)
    .where(t.request.c.digest == bindparam("digest"))
    .order_by(t.request.c.chain, t.request.c.seq)
)


def answered_for(connection: Connection, digest: str) -> list[tuple[str, int]]:
    """The entries that answered what has this digest; every answer is looked at."""
    return [(row[0], row[1]) for row in _answers.rows(connection, digest=digest)]


def keep_answer(connection: Connection, row: Mapping[str, object]) -> None:
    """Keep which entry answered a request (key, actor, digest, chain, seq)."""
    add(connection, t.request, [row])
