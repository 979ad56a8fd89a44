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
from coi.store.transactions import Transaction
from labels.bag_numbers import OF_ISBT128
from labels.layout import Template
from workflows.checks.numbers import numbers_lacking
from workflows.labelled import BATCH, DONATION, EXPIRY, own_templates
from workflows.model import Workflow
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


def lacking(tx: Transaction, workflow: Workflow) -> Iterator[Problem]:
    """Each of its containers whose own template needs what the definition does not always have."""
    own = {name: printed_by(tx, name) for name in own_templates(workflow)}
    return numbers_lacking(workflow, {name: numbers_needed(one) for name, one in own.items()})


def lacking_where_chosen(
    tx: Transaction, installation: Installation, template: Template
) -> Iterator[tuple[Workflow, Problem]]:
    """The same of the newest version of each therapy that chooses a template."""
    needs = {template.name: numbers_needed(template)}
    for name in registers.workflow_names(tx) if is_own(template.name) else ():
        if (version := registers.newest_version(tx, name)) is not None:
            workflow = installation.workflow(tx, name, version)
            yield from ((workflow, problem) for problem in numbers_lacking(workflow, needs))


def says_isbt128(tx: Transaction, workflow: Workflow) -> frozenset[str]:
    """The site's own templates that it chooses and that say the donation in ISBT 128."""
    return frozenset(
        name
        for name in own_templates(workflow)
        if {symbol.payload for symbol in printed_by(tx, name).symbols} & OF_ISBT128
    )
