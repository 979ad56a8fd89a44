"""The changeover of a bench: all that is on it goes, and people sign that it is gone (BD-12).

Whoever works there signs that the line is cleared. Where product is made, a second person looks,
and signs that it is so (21 CFR 211.130).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from coi.errors import DataRefused, Refused, Unknown
from coi.ledger.content import Attestation
from coi.services.asked import bad_key, entry_answering, fingerprint, unreadable
from coi.services.benches import as_it_stands, bench_seen, unit_of
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installation import Installation
from coi.services.ordering import MANUFACTURING_FIELD
from coi.services.people import site_chain
from coi.services.proofs import Proven, Signer, acting, signature_of
from coi.services.therapies import view
from coi.store.people import KnownPerson
from coi.store.transactions import Transaction
from workflows.facts import Bench, Unit
from workflows.guards.bench import CLEARED
from workflows.guards.people import signing_role
from workflows.model import SignatureRule
from workflows.refusal import Refusal

LINE_CLEARED = SignatureRule(
    "line cleared", ("manufacturing_technician", "cell_lab_technologist", "qc_analyst")
)
VERIFIED_CLEAR = SignatureRule("verified clear", ("manufacturing_verifier", "qa_reviewer"))

Signed = Sequence[tuple[KnownPerson, str]]
"""Who signs, with what holds of them now, and the meaning."""


@dataclass(frozen=True, slots=True)
class Changeover:
    """A bench to be cleared, and what lay on it when whoever clears it looked."""

    serial: str
    holds: str
    key: str

    def __post_init__(self) -> None:
        if problems := [*bad_key(self.key), *unreadable({"holds": self.holds})]:
            raise DataRefused(problems)


def signatures_of_changeover(
    tx: Transaction, installation: Installation, bench: Bench
) -> tuple[SignatureRule, ...]:
    """Who signs a changeover: whoever cleared the line, and a second one where product is made."""
    is_maker = _makes(tx, installation, bench)
    return (LINE_CLEARED, VERIFIED_CLEAR) if is_maker else (LINE_CLEARED,)


def _makes(tx: Transaction, installation: Installation, bench: Bench) -> bool:
    """Product is made there: at a manufacturer, or where the therapy on the bench is made."""
    if unit_of(tx, installation, bench.unit).site_kind == "manufacturer":
        return True
    if bench.holds == CLEARED:
        return False
    told = view(tx, installation, bench.holds).values
    return any(one.field == MANUFACTURING_FIELD and one.content == bench.unit for one in told)


def asked_at(
    installation: Installation, by: Proven, serial: str
) -> tuple[Bench, tuple[SignatureRule, ...]]:
    """A bench with what is on it, and the signatures that its changeover takes.

    Raises:
        Unknown: there is no such bench at a site of this person.
    """

    def look(tx: Transaction) -> tuple[Bench, tuple[SignatureRule, ...]]:
        bench = bench_seen(tx, installation, acting(tx, by).person, serial)
        return bench, signatures_of_changeover(tx, installation, bench)

    return installation.read(look)


def clear_bench(
    installation: Installation, wanted: Changeover, actor: Proven, signers: tuple[Signer, ...]
) -> None:
    """Sign the changeover: nothing of the therapy is on the bench any more, and another may come.

    Raises:
        Refused: every reason why not; nothing was saved.
        CannotSign: what a signature takes is not on record for somebody.
        KeyReused: the key already stands for another changeover.
        Unknown: there is no such bench at a site of the actor.
    """
    people = [actor.person, *([signer.person, signer.meaning] for signer in signers)]
    digest = fingerprint(installation.vault, wanted, people)

    def work(tx: Transaction) -> None:
        known = acting(tx, actor)
        signed = [(acting(tx, one.proven), one.meaning) for one in signers]
        if entry_answering(tx, wanted.key, digest) is not None:
            return
        seen = bench_seen(tx, installation, known.person, wanted.serial)
        unit = unit_of(tx, installation, seen.unit)
        there, last = as_it_stands(tx, seen.serial, site_chain(unit.site))
        if (bench := there) is None:
            raise Unknown("bench", wanted.serial)
        rules = signatures_of_changeover(tx, installation, bench)
        if reasons := [*_not_as_seen(bench, wanted), *_not_signed(known, signed, unit, rules)]:
            raise Refused(reasons)
        now = installation.clock.now()
        actor_id, key = known.person.id, wanted.key
        occasion = Occasion(actor_id, bench.unit, now, key=key, digest=digest)
        told = _cleared(bench, unit, signed, now)
        write_site_entry(tx, "clear_bench", occasion, told, site_chain(unit.site), last)

    installation.transact(work)


def _not_as_seen(bench: Bench, wanted: Changeover) -> Iterator[Refusal]:
    """What is cleared away is what is on the bench."""
    if bench.holds == CLEARED:
        yield Refusal("BENCH_IS_CLEAR", f"Nothing is on {bench.name}", "Begin the next therapy")
    elif bench.holds != wanted.holds:
        sentence = f"{bench.name} holds {bench.holds}, and no longer {wanted.holds}"
        yield Refusal("BENCH_CHANGED", sentence, "Look at the bench, and decide anew")


def _not_signed(
    known: KnownPerson, signed: Signed, unit: Unit, rules: Sequence[SignatureRule]
) -> Iterator[Refusal]:
    """Each signature by another person, who may give it; the first by somebody of this unit."""
    asked = "; ".join(f"{r.meaning}: {' or '.join(r.roles)}" for r in rules).replace("_", " ")
    if [meaning for _one, meaning in signed] != [rule.meaning for rule in rules]:
        yield Refusal("SIGNATURE_MISSING", f"A changeover here takes {len(rules)}", asked)
        return
    for (one, meaning), rule in zip(signed, rules, strict=True):
        if not _may_give(one, rule, unit):
            sentence = f"{one.person.username} cannot sign “{meaning}” here"
            yield Refusal("SIGNER_NOT_ENTITLED", sentence, asked)
    yield from _not_by_each(known, [one.person.id for one, _meaning in signed])


def _may_give(one: KnownPerson, rule: SignatureRule, unit: Unit) -> bool:
    """Somebody of this unit; whoever verifies may come from elsewhere on the site."""
    # The line is cleared by who works at it.
    if any(one.person.has_role(role, unit.id) for role in rule.roles):
        return True
    return rule is VERIFIED_CLEAR and bool(signing_role(one.person, rule, unit))


def _not_by_each(known: KnownPerson, people: Sequence[str]) -> Iterator[Refusal]:
    """Each signature is another person's, and one of them is of whoever hands it in."""
    if len(set(people)) < len(people):
        sentence = "The second signature is by the same person as the first"
        yield Refusal("SAME_PERSON", sentence, "A second person looks, and signs")
    if known.person.id not in people:
        sentence = f"{known.person.username} hands it in and does not sign"
        yield Refusal("ACTOR_DOES_NOT_SIGN", sentence, "Whoever hands it in signs it")


def _cleared(bench: Bench, unit: Unit, signed: Signed, now: datetime) -> Registered:
    """What the bench held it holds no longer, and now it holds nothing; with every signature."""
    told = (
        Attestation("bench", bench.serial, unit=bench.unit, holds=0, detail=bench.holds),
        Attestation("bench", bench.serial, unit=bench.unit, detail=CLEARED),
    )
    rules = {rule.meaning: rule for rule in (LINE_CLEARED, VERIFIED_CLEAR)}
    signatures = tuple(
        signature_of(one, signing_role(one.person, rules[meaning], unit) or "-", meaning, now)
        for one, meaning in signed
    )
    return Registered(told, signatures=signatures)
