"""Which sites a step brings into its therapy: from its entry on they take part."""

from collections.abc import Iterator

from workflows.model import FieldKind, Verb
from workflows.moves import Drafting


def joining(drafting: Drafting) -> tuple[str, ...]:
    """The sites of who orders, of units recorded in fields, and of who is to hold something.

    Nobody joins by acting alone: a site that tells of another's therapy does not belong to it.
    """
    facts = drafting.case.facts
    known = [drafting.case.request.unit, facts.consignee, *(facts.units or {}).values()]
    site_of = {unit.id: unit.site for unit in known if unit}
    # Whoever held it before this step came in by an earlier one, and is not looked up again.
    sites = dict.fromkeys(site_of[name] for name in _named(drafting) if name in site_of)
    return tuple(site for site in sites if site not in (facts.sites or ()))


def _named(drafting: Drafting) -> Iterator[str]:
    """The parties that the step names: who orders, in its fields, and who holds or is to hold."""
    action = drafting.case.action
    if action.verb is Verb.ORDER:
        yield drafting.case.request.unit.id
    fields = {field.name for field in action.fields if field.kind is FieldKind.UNIT}
    for value in drafting.values:
        if value.field in fields:
            yield value.content
    for move in drafting.moves:
        yield from (move.after.holder, move.after.consignee)
