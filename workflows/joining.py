"""Which sites a step brings into its therapy: from its entry on they take part."""

from workflows.model import FieldKind, Verb
from workflows.moves import Drafting


def joining(drafting: Drafting) -> tuple[str, ...]:
    """The sites of who orders, of units recorded in fields, and of who is to hold something.

    Nobody joins by acting alone: a site that tells of another's therapy does not belong to it.
    """
    case, facts = drafting.case, drafting.case.facts
    known = [case.request.unit, facts.consignee, *(facts.units or {}).values()]
    site_of = {unit.id: unit.site for unit in known if unit}
    fields = {field.name for field in case.action.fields if field.kind is FieldKind.UNIT}
    named = [case.request.unit.id] if case.action.verb is Verb.ORDER else []
    named += [value.content for value in drafting.values if value.field in fields]
    for move in drafting.moves:
        named += [move.after.holder, move.after.consignee]
    # Whoever held it before this step came in by an earlier one, and is not looked up again.
    sites = dict.fromkeys(site_of[name] for name in named if name in site_of)
    return tuple(site for site in sites if site not in (facts.sites or ()))
