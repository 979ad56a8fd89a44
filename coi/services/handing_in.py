"""What a step under way asks of the engine: all that was scanned, heard and typed in it."""

from collections.abc import Iterator, Sequence

from coi.clock import parse_rfc3339
from coi.services.attempt import TakeAction
from coi.services.entered import entered_in
from coi.services.errand import Errand, Part
from coi.services.forms import BENCH, Blank, Form
from coi.services.identity import Stated
from coi.services.installation import Installation
from coi.services.judging import code_of
from coi.services.other_devices import checked_by
from coi.services.proofs import JustProven, Signer
from coi.services.scanning import Code
from coi.services.screens import Scene
from coi.services.vault import fingerprint_of
from workflows.facts import NewSubject


def key_of(installation: Installation, errand: Errand, what: str) -> str:
    """The key of what a step asks for: nobody can guess it, and so take it before."""
    return f"errand-{fingerprint_of(installation.vault, f'errand {errand.id} {what}')}"


def wanted_of(installation: Installation, scene: Scene) -> TakeAction:
    """What the engine is asked for: all that both scanned, heard and typed."""
    errand, form = scene.errand, scene.form
    return TakeAction(
        coi=errand.coi,
        action=errand.action,
        unit=errand.unit,
        key=key_of(installation, errand, f"take {errand.tries}"),
        codes=tuple(codes_of(errand)),
        named=errand.named,
        births=tuple(_births(form, errand)),
        values=_values(errand, form.blanks),
        consignee=errand.answers.get("consignee", "-") if form.is_sent else "-",
        bench=errand.answers.get(BENCH, "-") if form.bench else "-",
        stated=tuple(_stated(errand.parts)) if form.identifies else (),
        seen=errand.seen,
        took_part=errand.hands,
        entered=entered_in(errand),
        checked_at=checked_by(errand.parts) if form.is_blind else {},
    )


def scanned_in(errand: Errand) -> TakeAction:
    """What was scanned in it, and no more: enough to know which therapies it writes into."""
    codes = tuple(codes_of(errand))
    return TakeAction(errand.coi, errand.action, errand.unit, "scanned", codes)


def codes_of(errand: Errand) -> Iterator[Code]:
    """All that was read in it, by whom."""
    for part in errand.parts:
        yield from (code_of(part, one) for one in part.reads)


def _births(form: Form, errand: Errand) -> Iterator[NewSubject]:
    for born in form.born:
        yield from (NewSubject(born.machine, _values(errand, each)) for each in born.each)


def _values(errand: Errand, blanks: Sequence[Blank]) -> dict[str, str]:
    """What was filled in, by the names of the definition."""
    return {
        one.field.name: errand.answers[one.name]
        for one in blanks
        if errand.answers.get(one.name, "").strip()
    }


def _stated(parts: Sequence[Part]) -> Iterator[Stated]:
    """What each heard; who heard nothing states nothing."""
    for part in parts:
        if part.said:
            yield Stated(part.username, part.said, part.source)


def signers_of(scene: Scene, proven: Sequence[JustProven]) -> Iterator[Signer]:
    """Everybody who signs, in the order of the meanings; the first of two with their own time."""
    yield from first_signer(scene)
    rules = scene.rules[: len(proven)] if scene.may_sign_apart else scene.rules
    yield from (Signer(one, rule.meaning) for one, rule in zip(proven, rules, strict=True))


def first_signer(scene: Scene) -> Iterator[Signer]:
    """The first of two, with the proof and at the time of their signature; nobody before it."""
    first = scene.errand.parts[0]
    if first.proof is not None and first.proven is not None:
        at = parse_rfc3339(first.proof.at)
        yield Signer(first.proven, scene.form.signatures[0].meaning, at)
