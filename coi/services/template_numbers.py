"""Whether a site's own templates can be printed: the definition says, or records, what they need.

Of the templates that come with the program every definition is asked when it is checked. A site's
own stands in the record alone: so it is asked when a definition that chooses it is installed, and
when it is approved for those that are.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from coi.services.installation import Installation
from coi.services.known_templates import is_own, printed_by
from coi.store import registers
from coi.store.lists import therapies
from coi.store.transactions import Transaction
from labels.bag_numbers import OF_ISBT128
from labels.layout import Template
from workflows.checks.numbers import numbers_lacking
from workflows.labelled import BATCH, DONATION, EXPIRY, own_templates
from workflows.model import Kind, Workflow
from workflows.problem import Problem

_OF_SYMBOLS: Final[Mapping[str, tuple[str, ...]]] = {
    "donation": (DONATION,),
    "gs1": ("gtin", EXPIRY, BATCH),
    "gs1_item": ("gtin",),
    "isbt128": (DONATION, "isbt_product", EXPIRY),
}
_OF_TEXTS: Final = {"donation": DONATION, "expires_at": EXPIRY, "lot": BATCH}


def numbers_needed(template: Template) -> tuple[str, ...]:
    """What a label by this template cannot be printed without: for a symbol, or as it requires."""
    of_symbols = (one for symbol in template.symbols for one in _OF_SYMBOLS.get(symbol.payload, ()))
    of_texts = (_OF_TEXTS[name] for name in template.required if name in _OF_TEXTS)
    return tuple(dict.fromkeys((*of_symbols, *of_texts)))


def own_in_use(tx: Transaction, workflow: Workflow) -> Mapping[str, Template]:
    """The version of each of the site's own templates that a definition chooses, as it prints."""
    return {name: printed_by(tx, name) for name in own_templates(workflow)}


def own_numbers(own: Mapping[str, Template]) -> Mapping[str, tuple[str, ...]]:
    """What labels by each of them need."""
    return {name: numbers_needed(template) for name, template in own.items()}


def says_isbt128(own: Mapping[str, Template]) -> frozenset[str]:
    """Those of them that say the donation in ISBT 128."""
    said = {name: {symbol.payload for symbol in one.symbols} for name, one in own.items()}
    return frozenset(name for name, payloads in said.items() if payloads & OF_ISBT128)


def lacking(tx: Transaction, workflow: Workflow) -> Iterator[Problem]:
    """Each of its containers whose own template needs what the definition does not always have."""
    return numbers_lacking(workflow, own_numbers(own_in_use(tx, workflow)))


def lacking_where_chosen(
    tx: Transaction, installation: Installation, template: Template
) -> Iterator[tuple[Workflow, Problem]]:
    """The same of each definition by which therapies are ordered or under way, for a template."""
    needs = {template.name: numbers_needed(template)}
    for name, version in sorted(_in_use(tx, installation)) if is_own(template.name) else ():
        workflow = installation.workflow(tx, name, version)
        yield from ((workflow, problem) for problem in numbers_lacking(workflow, needs))


def _in_use(tx: Transaction, installation: Installation) -> Iterator[tuple[str, int]]:
    """The newest version of each definition, and each by which a therapy runs that is not over."""
    newest = {one: registers.newest_version(tx, one) for one in registers.workflow_names(tx)}
    found = {(name, version) for name, version in newest.items() if version is not None}
    states = {(name, version, state) for _coi, name, version, state in therapies(tx)}
    for name, version, state in states:
        workflow = installation.workflow(tx, name, version)
        (root,) = workflow.machine_of_kind(Kind.THERAPY)
        if not root.states[state].final:
            found.add((name, version))
    return iter(found)
