"""A site's own label templates: quality assurance keeps a tried text as the next version of one.

It is kept for ever, with its text and its hashes, in the organisation's chain. Nothing is printed
with it before another person of quality assurance has approved it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from coi.errors import DataRefused, Problem
from coi.services.asked import LONGEST_TEXT
from coi.services.entries import Occasion, Registered, commit_text, write_site_entry
from coi.services.installation import Installation
from coi.services.known_templates import faults_of_own, is_own, next_version
from coi.services.proofs import QA, JustProven, Proven, holding, signature_of
from coi.services.template_trials import one_turn
from coi.store.templates import add_template, count, newest_text
from coi.store.transactions import Transaction
from labels.layout import DOTS_PER_MM, Template
from labels.sample import Values, tried
from labels.template_reader import TemplateRefused, read_template
from workflows.labelled import OWN

KEPT: Final = "kept as the next version"
"""What QA's signature means here: it is shown to whoever is about to sign."""

MOST: Final = 1_000
"""So many versions of own templates are kept in one installation, each of 64 KiB at most."""

_VALUES: Final[tuple[Values, ...]] = ("usual", "longest")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A text that somebody is about to keep, and what stands against that."""

    template: Template
    against: tuple[str, ...]


def propose_template(installation: Installation, by: Proven, text: str) -> Proposal:
    """What keeping a text would keep; nothing is kept by looking.

    Raises:
        DataRefused: it is no template; every problem is told.
        TriesUnderWay: others are being drawn.
        NotAllowed: the person is no QA reviewer.
    """
    installation.read(lambda tx: holding(tx, by, QA))
    try:
        template = read_template(text)
    except TemplateRefused as error:
        raise DataRefused([*map(Problem, error.problems)]) from error
    against = why_not_kept(text)
    wanted = installation.read(lambda tx: next_version(tx, template.name))
    if template.version != wanted:
        against = (*against, f"version: the next one of {template.name} is {wanted}")
    return Proposal(template, against)


def keep_template(installation: Installation, by: JustProven, text: str, reason: str) -> Template:
    """Keep a text as the next version of the site's own template that it names.

    What is kept as the newest version already, letter by letter, is not recorded again.

    Raises:
        DataRefused: it is no template, does not fit, is none of a container, is not the next
            version, or nobody said why.
        TriesUnderWay: others are being drawn; it was not looked at.
        NotAllowed: the person is no QA reviewer.
        CannotSign: what a signature takes is not on record.
    """
    # Drawn before the record is held; whoever may not keep one is not drawn for.
    installation.read(lambda tx: holding(tx, by, QA))
    template = _sound(text, reason)

    def work(tx: Transaction) -> None:
        known, role = holding(tx, by, QA)
        before = newest_text(tx, template.name)
        if before is not None and before.text == text:
            return
        if problems := [*_not_next(tx, template), *_too_many(tx)]:
            raise DataRefused(problems)
        now = installation.clock.now()
        signature = signature_of(known, role, KEPT, now)
        told = {
            "name": template.name,
            "version": template.version,
            "hash": sha256(text.encode()).hexdigest(),
            "layout": template.sha256,
        }
        registered = Registered(
            registers={"templates": [told]},
            signatures=(signature,),
            notes={"reason": commit_text(tx, installation, reason.strip())},
        )
        occasion = Occasion(known.person.id, "-", now)
        entry = write_site_entry(tx, "keep_template", occasion, registered)
        add_template(tx, {**told, "text": text}, entry.chain, entry.seq)

    installation.transact(work)
    return template


def _not_next(tx: Transaction, template: Template) -> Iterator[Problem]:
    """What is wrong with the version that a text gives itself."""
    wanted = next_version(tx, template.name)
    if template.version != wanted:
        yield Problem(f"the next one of {template.name} is {wanted}", column="version")


def against_keeping(template: Template) -> Iterator[str]:
    """Everything for which a template cannot be one of a site's own, each with its place."""
    if not is_own(template.name):
        yield f"name: begins with “{OWN}”, as no template does that comes with the program"
    yield from faults_of_own(template)


def _too_many(tx: Transaction) -> Iterator[Problem]:
    if count(tx) >= MOST:
        yield Problem(f"{MOST} versions are kept already, and no more can be")


def why_not_kept(text: str) -> tuple[str, ...]:
    """Everything for which a text cannot be kept, whatever its version; nothing where it can.

    Raises:
        TriesUnderWay: others are being drawn.
    """
    try:
        template = read_template(text)
    except TemplateRefused as error:
        return error.problems
    return tuple(against_keeping(template)) or tuple(_not_printed(template))


def _sound(text: str, reason: str) -> Template:
    """The template of a text that can be kept."""
    problems = [*map(Problem, why_not_kept(text)), *_no_reason(reason)]
    if problems:
        raise DataRefused(problems)
    return read_template(text)


def _no_reason(reason: str) -> Iterator[Problem]:
    if not reason.strip():
        yield Problem("say why it is kept", column="reason")
    elif len(reason) > LONGEST_TEXT:
        yield Problem(f"is longer than {LONGEST_TEXT} characters", column="reason")


def _not_printed(template: Template) -> Iterator[str]:
    """Why a sample would not be printed, at some resolution or with the longest values."""
    with one_turn():
        for resolution in DOTS_PER_MM:
            for values in _VALUES:
                problem = tried(template, values, resolution).problem
                if problem is not None:
                    yield f"with the {values} values at {resolution} dpi: {problem.sentence}"
