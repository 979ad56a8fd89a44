"""What QA looks at before it approves a label template: what it prints, how that fits, its past.

A sample holds made-up values, and codes that name nothing: no label comes out of here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from coi.clock import parse_rfc3339
from coi.errors import DataRefused, Problem, Unknown
from coi.services.custody_reading import ERASED
from coi.services.decoding import content_of_text
from coi.services.drawing import PDF, not_printed
from coi.services.installation import Installation
from coi.services.known_templates import MARK, is_own, versions
from coi.services.known_templates import names as every_name
from coi.services.print_deeds import NoLabel, print_test
from coi.services.printers import KnownPrinter, kept_or_seen, printers_kept, printers_seen
from coi.services.proofs import QA, Proven, acting, holding
from coi.services.signatures import signatures_in
from coi.services.therapies import Signed
from coi.store.facts import ORGANISATION, TemplateTurn, template_turns, templates
from coi.store.people import printed_names
from coi.store.registers import text_of
from coi.store.templates import KeptText, texts_of
from coi.store.transactions import Transaction
from labels.errors import CannotPrint
from labels.layout import Resolution, Template
from labels.png import png_of
from labels.sample import SamplePrint, Trial, Values, sample_print, tried
from labels.serial_template import WITH_A_SERIAL
from workflows.labelled import OWN

RESOLUTIONS: tuple[Resolution, ...] = (203, 300, 600)
VALUES: tuple[Values, ...] = ("usual", "longest")


class Standing(StrEnum):
    """How a version of a template stands."""

    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    NEVER = "never approved"


@dataclass(frozen=True, slots=True)
class Turn:
    """That a version was approved, or its approval withdrawn: by whom, and when.

    `version` is none of a layout that this program does not know any more.
    """

    holds: bool
    sha256: str
    version: int | None
    signed_by: str
    at: datetime
    seq: int  # of its entry in the organisation's chain
    signatures: tuple[Signed, ...] = ()  # looked up where one template is shown


@dataclass(frozen=True, slots=True)
class Kept:
    """By whom a version of a site's own template was kept, when, and why."""

    person: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """One version of a template, and how it stands; no one `kept` what came with the program."""

    template: Template
    standing: Standing
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class KnownTemplate:
    """A template with its versions and all that was signed of it, the newest first of both."""

    name: str
    versions: tuple[KnownVersion, ...]
    turns: tuple[Turn, ...]

    @property
    def newest(self) -> KnownVersion:
        """The one that is to sign, and with which labels are printed once it is approved."""
        return self.versions[0]

    @property
    def in_force(self) -> KnownVersion | None:
        """The one with which labels are printed, also while a newer one waits; None if none is."""
        return next((one for one in self.versions if one.standing is Standing.APPROVED), None)

    @property
    def in_place_of(self) -> str:
        """The packaged template in whose place it is printed; '' for what is chosen by its name."""
        beside = self.name.removeprefix(OWN) if is_own(self.name) else ""
        return beside if beside in WITH_A_SERIAL else ""


def every_template(installation: Installation, by: Proven) -> tuple[KnownTemplate, ...]:
    """Each label template, with its versions and how they stand.

    Raises:
        NotAllowed: the person is no QA reviewer.
    """
    return installation.read(lambda tx: _known(tx, by, every_name(tx)))


def look_at_template(installation: Installation, by: Proven, name: str) -> KnownTemplate:
    """One label template.

    Raises:
        NotAllowed: the person is no QA reviewer.
        Unknown: there is no such template.
    """

    def look(tx: Transaction) -> KnownTemplate:
        (found,) = _known(tx, by, [name])
        turns = (
            replace(turn, signatures=signatures_in(tx, ORGANISATION, turn.seq))
            for turn in found.turns
        )
        return replace(found, turns=tuple(turns))

    return installation.read(look)


def version_of(known: KnownTemplate, version: int | None) -> KnownVersion:
    """A version of a template, the newest unless another is named; raises Unknown for none."""
    found = (one for one in known.versions if version in {None, one.template.version})
    chosen = next(found, None)
    if chosen is None:
        raise Unknown("label template", f"{known.name} {version}")
    return chosen


@lru_cache(maxsize=2)
def try_template(template: Template, values: Values, resolution: Resolution) -> Trial:
    """How a sample of it comes out at a resolution; a page and its picture are of one drawing."""
    return tried(template, values, resolution)


def picture_of(template: Template, values: Values, resolution: Resolution) -> bytes:
    """A sample as a picture, in the dots of a printer.

    Raises:
        NotPrinted: a text or a symbol of the sample does not fit.
    """
    trial = try_template(template, values, resolution)
    if trial.raster is None:
        raise not_printed(trial.problem) if trial.problem else Unknown("picture", template.name)
    return png_of(trial.raster, resolution)


def sample_pdf(template: Template, values: Values) -> bytes:
    """A sample as a page, over which it says that it is no label.

    Raises:
        NotPrinted: a text or a symbol of the sample does not fit.
    """
    return _sample(template, values, 300).pdf


def print_sample(
    installation: Installation, by: Proven, template: Template, printer: str, *, key: str
) -> None:
    """Print a sample at a printer, which says of itself that it is no label.

    Raises:
        DataRefused: the labels of the printer are smaller than the template.
        Unknown: there is no such printer that this person keeps or prints at.
    """
    # Drawn before the record is held: a page takes longer than a whole step.
    at = installation.read(lambda tx: kept_or_seen(tx, acting(tx, by).person, printer)).about
    if at.width_mm < template.width_mm or at.height_mm < template.height_mm:
        too_small = f"has labels of {at.width_mm} by {at.height_mm} mm: the template is larger"
        raise DataRefused([Problem(too_small, column="printer")])
    sample = _sample(template, "usual", _resolution(at.dpi))
    content = sample.pdf if at.media_type == PDF else sample.zpl
    what = NoLabel(f"{template.name} {template.version}", content, at.media_type)
    print_test(installation, by, printer, key=key, what=what)


def sample_printers(installation: Installation, by: Proven) -> tuple[KnownPrinter, ...]:
    """The printers at which this person can print a sample."""

    def look(tx: Transaction) -> tuple[KnownPrinter, ...]:
        person = holding(tx, by, QA)[0].person
        found = {one.id: one for one in (*printers_seen(tx, person), *printers_kept(tx, person))}
        return tuple(found.values())

    return installation.read(look)


# -- how it stands ---------------------------------------------------------------------------------


def _known(tx: Transaction, by: Proven, names: Sequence[str]) -> tuple[KnownTemplate, ...]:
    holding(tx, by, QA)
    turns = template_turns(tx)
    called = printed_names(tx, {one.actor for one in turns})
    approved = templates(tx)
    return tuple(
        _template(
            tx, name, [one for one in turns if one.name == name], called, approved.get(name, "")
        )
        for name in names
    )


def _template(
    tx: Transaction, name: str, turns: list[TemplateTurn], called: dict[str, str], in_force: str
) -> KnownTemplate:
    found = versions(tx, name)
    if not found:
        raise Unknown("label template", name)
    known = {one.sha256: one.version for one in found}
    signed = tuple(
        Turn(
            one.holds,
            one.detail.removeprefix(MARK),
            known.get(one.detail.removeprefix(MARK)),
            called.get(one.actor, ERASED),
            parse_rfc3339(one.recorded_at),
            one.seq,
        )
        for one in reversed(turns)
    )
    kept = _kept(tx, name)
    current = in_force.removeprefix(MARK)
    stand = tuple(
        KnownVersion(one, _standing(one, signed, current), kept.get(one.version)) for one in found
    )
    return KnownTemplate(name, stand, signed)


def _kept(tx: Transaction, name: str) -> dict[int, Kept]:
    """Who kept each version of a site's own template; nothing of another."""
    rows = texts_of(tx, name) if is_own(name) else ()
    called = printed_names(tx, {one.kept_by for one in rows})
    return {one.version: _kept_in(tx, one, called) for one in rows}


def _kept_in(tx: Transaction, row: KeptText, called: dict[str, str]) -> Kept:
    notes = content_of_text(row.entry)["notes"]
    reason = text_of(tx, notes["reason"])
    by, at = called.get(row.kept_by, ERASED), parse_rfc3339(row.recorded_at)
    return Kept(row.kept_by, by, at, ERASED if reason is None else reason)


def _standing(template: Template, signed: Sequence[Turn], current: str) -> Standing:
    """What was approved last is in force; before that, each version was in force in its time."""
    own = next((one for one in signed if one.sha256 == template.sha256), None)
    if own is None:
        return Standing.NEVER
    if not own.holds:
        return Standing.WITHDRAWN
    return Standing.APPROVED if template.sha256 == current else Standing.REPLACED


# -- samples ---------------------------------------------------------------------------------------


def _sample(template: Template, values: Values, resolution: Resolution) -> SamplePrint:
    try:
        return sample_print(template, values, resolution)
    except CannotPrint as error:
        raise not_printed(error) from error


def _resolution(dpi: int) -> Resolution:
    """A printer's resolution; it has no other, since it was registered with one of these."""
    return next(one for one in RESOLUTIONS if one == dpi)
