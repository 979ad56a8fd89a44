"""Begin an installation: schema, vault key, workflows, and one administrator with a secret."""

import secrets
from dataclasses import dataclass

from coi.errors import CoiError
from coi.ledger.content import Attestation
from coi.services.accounts import draw_secret, secret_attested
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.passwords import hash_password
from coi.services.people import NewPerson, enter_person
from coi.services.proofs import ADMINISTRATOR
from coi.services.seen import begin_seen, seen_file
from coi.services.vault import create_key_file, key_fingerprint
from coi.settings import Settings
from coi.store import registers
from coi.store.engine import open_engine
from coi.store.facts import ORGANISATION
from coi.store.migrate import upgrade
from coi.store.transactions import Engine, Transaction
from workflows.check import prove
from workflows.guards import GUARDS

VAULT_KEY = "vault_key"
"""What the first entry of the record says a fingerprint of."""


class AlreadyBegun(CoiError):
    """The data folder or database holds an installation already; nothing was changed."""

    code = "ALREADY_BEGUN"


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """The account that opens all others; the secret is shown once and stored nowhere."""

    username: str
    printed_name: str
    secret: str


def prepare(settings: Settings) -> None:
    """Make the data folder with its vault key, and bring the database to the newest schema.

    Raises:
        AlreadyBegun: there is a vault key already.
    """
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.spool_path.mkdir(mode=0o700, exist_ok=True)
    try:
        create_key_file(settings.vault_key_file, secrets.token_bytes)
    except FileExistsError as error:
        raise AlreadyBegun(
            f"{settings.home} holds an installation already. Nothing was changed.",
            "Choose another COI_HOME, or use the one that is there.",
        ) from error
    # With a new key another record begins; what was remembered here is none of it.
    seen_file(settings).unlink(missing_ok=True)
    migrate(settings)


def migrate(settings: Settings) -> None:
    """Bring the database to the newest schema, as the role that owns the tables."""
    owner = open_engine(settings.owner_database_url, busy_timeout_ms=settings.busy_timeout_ms)
    try:
        upgrade(owner, _app_role(settings))
    finally:
        owner.dispose()


def _app_role(settings: Settings) -> str | None:
    """The role of every day on PostgreSQL, where it is another than the owner."""
    app: Engine = open_engine(settings.database_url)
    role = app.url.username if settings.owner_database_url != settings.database_url else None
    app.dispose()
    return role


def begin(
    installation: Installation,
    definitions: dict[str, str],
    username: str,
    printed_name: str,
    *,
    one_time: bool = False,
) -> FirstAdministrator:
    """Write the first entries: the log is created, the workflows, the first administrator.

    Whoever begins by hand gives the administrator a secret that is good for one time; a program
    goes on with it.
    """
    secret = draw_secret(installation)
    password_hash = hash_password(installation.hasher, secret)

    def work(tx: Transaction) -> None:
        if registers.sites(tx) or registers.usernames(tx):
            raise AlreadyBegun("The database holds an installation already.", "Use another one.")
        # Nobody is there yet who could be the actor; the person '-' is, from the beginning.
        occasion = Occasion("-", "-", installation.clock.now())
        registers.add_chain(tx, ORGANISATION, "site")
        # Which key the vault has from now on, so that another one is never taken for it.
        key = {"kind": VAULT_KEY, "about": key_fingerprint(installation.vault)}
        write_site_entry(tx, "create_log", occasion, Registered(document=key))
        for text in definitions.values():
            install_workflow(tx, occasion, text)
        new = NewPerson(username, printed_name)
        checked = commit_text(tx, installation, "Named by whoever began this installation")
        also = [
            Attestation("role", "-", ADMINISTRATOR),
            Attestation("proofing", "-", detail=checked),
        ]
        if one_time:
            also.append(secret_attested(installation, "-", password_hash))
        enter_person(tx, installation, occasion, new, password_hash, also)

    installation.transact(work)
    file = seen_file(installation.settings)
    if file.parent.is_dir() and not file.exists():
        # From its first entries on the record is known, or the next start would ask about it.
        installation.read(lambda tx: begin_seen(tx, file))
    return FirstAdministrator(username.lower(), printed_name, secret)


def install_workflow(tx: Transaction, occasion: Occasion, text: str) -> None:
    """Install one version of a definition; therapies begun from now on can use it."""
    workflow = prove(text, GUARDS)
    told = {"name": workflow.name, "version": workflow.version, "hash": workflow.hash}
    entry = write_site_entry(
        tx, "install_workflow", occasion, Registered(registers={"workflows": [told]})
    )
    installed = {**told, "text": text}
    registers.add_workflow(tx, installed, workflow.transitions, entry.chain, entry.seq)
