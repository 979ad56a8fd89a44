"""Begin an installation: schema, vault key, workflows, and one administrator with a secret."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from coi.definitions import proven, proven_once
from coi.errors import CoiError, DataRefused, Problem
from coi.ledger.content import Attestation, SignedBy
from coi.services.accounts import draw_secret, secret_attested
from coi.services.beats import beat_file
from coi.services.checkpoint_keys import CHECKPOINTS, create_signing_key, named_at_first
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.own_key import VAULT_KEY
from coi.services.passwords import hash_password
from coi.services.people import NewPerson, enter_person
from coi.services.permissions import EVERYWHERE, ROLES
from coi.services.proofs import ADMINISTRATOR, QA, JustProven, holding, signature_of
from coi.services.seen import begin_seen, seen_file
from coi.services.signed_before import last_file
from coi.services.template_numbers import lacking
from coi.services.untold import untold_file
from coi.services.vault import create_key_file, key_fingerprint
from coi.settings import Settings
from coi.store import registers
from coi.store.engine import open_engine
from coi.store.facts import ORGANISATION
from coi.store.migrate import upgrade
from coi.store.templates import layouts
from coi.store.transactions import Engine, Transaction
from coi.store.versions import installed_versions
from labels.serial_template import WITH_A_SERIAL
from workflows.checks.people import ANYBODY
from workflows.expansion import copies, migrations
from workflows.labelled import OWN, own_templates
from workflows.loading import load
from workflows.model import Workflow

RELEASED_FOR_USE = "released for use"
"""What QA's signature below a definition means: it is shown to whoever is about to sign."""


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
    create_signing_key(settings)
    last_file(settings).unlink(missing_ok=True)
    # With a new key another record begins; what was remembered here is none of it.
    for remembered in (seen_file, beat_file, untold_file):
        remembered(settings).unlink(missing_ok=True)
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
        fingerprint = key_fingerprint(installation.vault)
        key = {"kind": VAULT_KEY, "about": fingerprint}
        # And whose signatures below checkpoints of this record count.
        if signer := named_at_first(installation.settings, fingerprint):
            key[CHECKPOINTS] = signer
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


def install_workflow(
    tx: Transaction, occasion: Occasion, text: str, signatures: tuple[SignedBy, ...] = ()
) -> Workflow:
    """Install one version of a definition; therapies begun from now on can use it.

    It comes with the steps by which a therapy moves to it from each version that is there already.
    """
    workflow = proven_once(text)
    older = [
        load(registers.workflow_text(tx, workflow.name, version) or "").transitions
        for version in installed_versions(tx, workflow.name)
        if version < workflow.version
    ]
    moved = migrations(older, workflow.transitions)
    allowed = {*workflow.transitions, *copies(workflow), *moved}
    told = {"name": workflow.name, "version": workflow.version, "hash": workflow.hash}
    registered = Registered(registers={"workflows": [told]}, signatures=signatures)
    entry = write_site_entry(tx, "install_workflow", occasion, registered)
    installed = {**told, "text": text}
    registers.add_workflow(tx, installed, allowed, entry.chain, entry.seq)
    return workflow


def install_definition(installation: Installation, by: JustProven, content: bytes) -> Workflow:
    """Install a definition of one's own in a running installation; QA signs that it may be used.

    What is installed already, byte for byte, is not recorded again.

    Raises:
        DefinitionRefused: with every problem and its line.
        DataRefused: it names a role that nobody can hold, or is no newer version of its workflow.
        NotAllowed: they are not of quality assurance.
    """
    workflow = proven("The definition", content)
    problems = [
        Problem(f"“{role}” is no role that somebody can hold here", column="roles")
        for role in sorted(_roles_in(workflow) - ROLES)
    ]
    if problems:
        raise DataRefused(problems)

    def work(tx: Transaction) -> None:
        known, role = holding(tx, by, QA)
        if against := [*_against_own(tx, workflow)]:
            raise DataRefused(against)
        if _is_there(tx, workflow):
            return
        now = installation.clock.now()
        signature = signature_of(known, role, RELEASED_FOR_USE, now)
        occasion = Occasion(known.person.id, EVERYWHERE, now)
        install_workflow(tx, occasion, content.decode(), (signature,))

    installation.transact(work)
    return workflow


def _against_own(tx: Transaction, workflow: Workflow) -> Iterator[Problem]:
    """Why its containers cannot be labelled with the templates of the site's own that it chooses.

    What is not kept is not asked for its numbers.
    """
    chosen = own_templates(workflow)
    for name in sorted(chosen - layouts(tx).keys()):
        yield Problem(f"no label template {name} is kept here; keep it first", column="label")
    for name in sorted(name for name in chosen if name.removeprefix(OWN) in WITH_A_SERIAL):
        yield Problem(f"the label template {name} is none of a container", column="label")
    if chosen <= layouts(tx).keys():
        yield from (Problem(str(one), column="label") for one in lacking(tx, workflow))


def _roles_in(workflow: Workflow) -> frozenset[str]:
    """Every role that the definition names."""
    actions = workflow.actions.values()
    acting = {who.role for action in actions for who in action.who}
    signing = {r for action in actions for rule in action.every_signature for r in rule.roles}
    departing = {role for roles in workflow.dispensable.values() for role in roles}
    return frozenset(acting | signing | departing) - {ANYBODY}


def _is_there(tx: Transaction, workflow: Workflow) -> bool:
    """This very definition is installed already.

    Raises:
        DataRefused: another one is, under this version or a newer one.
    """
    newest = registers.newest_version(tx, workflow.name)
    if newest is None or newest < workflow.version:
        return False
    text = registers.workflow_text(tx, workflow.name, workflow.version)
    if text is not None and sha256(text.encode()).hexdigest() == workflow.hash:
        return True
    reason = f"version {newest} of {workflow.name} is installed; give a change version {newest + 1}"
    raise DataRefused([Problem(reason, column="version")])
