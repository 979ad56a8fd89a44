"""Which label templates there are: those that come with the program, and a site's own.

The name of a site's own begins with `own-`, as no other one does: a newer program brings none that
takes its place, and whoever reads a definition sees whose a template is.
"""

import re
from collections.abc import Container, Iterator
from functools import lru_cache
from typing import Final

from coi.errors import Unknown
from coi.store import templates as kept
from coi.store.facts import templates
from coi.store.transactions import Transaction
from labels.container_template import faults_of_container
from labels.layout import Template
from labels.serial_template import WITH_A_SERIAL, faults_beside
from labels.template_reader import TemplateRefused, read_template
from labels.templates import TEMPLATES, every_version, template_text, version_with
from workflows.labelled import OWN

MARK: Final = "sha256:"
"""What an approval puts before the hash of the layout that it names."""
_NAME: Final = re.compile(r"^name: *\S+$", re.MULTILINE)
_VERSION: Final = re.compile(r"^version: *\S+$", re.MULTILINE)


def is_own(name: str) -> bool:
    """It is the name of a site's own template, whether or not there is one."""
    return name.startswith(OWN)


def in_place_of(name: str, approved: Container[str]) -> str:
    """The template that is printed in the place of a wristband, a badge or a label of a place.

    The approval is the choice: a site's own as long as one is approved, else the packaged one.
    """
    own = f"{OWN}{name}"
    return own if name in WITH_A_SERIAL and own in approved else name


def faults_of_own(template: Template) -> Iterator[str]:
    """Everything for which a site prints nothing with its own template, each with its place."""
    beside = template.name.removeprefix(OWN)
    if beside in WITH_A_SERIAL:
        yield from faults_beside(template, TEMPLATES[beside])
    else:
        yield from faults_of_container(template)


@lru_cache(maxsize=128)
def read_once(text: str) -> Template:
    """The template of a text that was kept; what holds of a text holds of it always."""
    return read_template(text)


def layout_of(text: str) -> tuple[str, int, str]:
    """What a kept text declares: its name, its version, and the hash of its layout.

    Raises:
        ValueError: it is no template.
    """
    try:
        template = read_once(text)
    except TemplateRefused as error:
        raise ValueError(f"its text is no template: {error.sentence}") from error
    return template.name, template.version, template.sha256


def names(tx: Transaction) -> tuple[str, ...]:
    """The name of every template, in alphabetical order."""
    return tuple(sorted((*TEMPLATES, *kept.layouts(tx))))


def newest(tx: Transaction, name: str) -> Template:
    """The newest version of a template, which may wait for its approval: the one to sign.

    Raises:
        Unknown: there is no such template.
    """
    if not is_own(name):
        if name not in TEMPLATES:
            raise Unknown("label template", name)
        return TEMPLATES[name]
    found = kept.newest_text(tx, name)
    if found is None:
        raise Unknown("label template", name)
    return read_once(found.text)


def versions(tx: Transaction, name: str) -> tuple[Template, ...]:
    """Each version of a template, the newest first; none of a name that there is not."""
    if not is_own(name):
        return every_version(name)
    return tuple(read_once(one.text) for one in kept.texts_of(tx, name))


def version_of_hash(tx: Transaction, sha256: str) -> Template | None:
    """The version, of whichever template, that has this hash; None if there is none."""
    if (shipped := version_with(sha256)) is not None:
        return shipped
    found = kept.text_with(tx, sha256)
    return read_once(found.text) if found else None


def in_force(tx: Transaction, name: str) -> Template | None:
    """The version that was approved last, by which labels are printed; None once withdrawn.

    A newer one that waits for its approval takes nothing from it.
    """
    detail = templates(tx).get(name)
    found = None if detail is None else version_of_hash(tx, detail.removeprefix(MARK))
    return found if found is not None and found.name == name else None


def printed_by(tx: Transaction, name: str) -> Template:
    """The version in force, or else the one that waits to be.

    Raises:
        Unknown: there is no such template.
    """
    return in_force(tx, name) or newest(tx, name)


def next_version(tx: Transaction, name: str) -> int:
    """The version that the next text of this name has to be."""
    found = kept.newest_text(tx, name)
    return found.version + 1 if found else 1


def text_of(tx: Transaction, name: str, version: int | None = None) -> str:
    """The text of a template, the newest version unless another is named, to start from.

    Raises:
        Unknown: there is no such template, or no such version.
    """
    if is_own(name):
        found = (one.text for one in kept.texts_of(tx, name) if version in {None, one.version})
        text = next(found, None)
        if text is None:
            raise Unknown("label template", name if version is None else f"{name} {version}")
        return text
    chosen = newest(tx, name).version if version is None else version
    try:
        return template_text(name, chosen)
    except KeyError as error:
        raise Unknown("label template", f"{name} {chosen}") from error


def text_to_begin(tx: Transaction, name: str, version: int | None = None) -> str:
    """The text of a template as the next version of one's own: under its name, or `own-` and that.

    Where it does not say its name and its version in a line each, it stays as it is.

    Raises:
        Unknown: there is no such template, or no such version.
    """
    text, own = text_of(tx, name, version), name if is_own(name) else f"{OWN}{name}"
    if len(_NAME.findall(text)) != 1 or len(_VERSION.findall(text)) != 1:
        return text
    return _VERSION.sub(f"version: {next_version(tx, own)}", _NAME.sub(f"name: {own}", text))
