"""Whether every limit that a guard reads stands in the definition, as a number that it can read."""

from collections.abc import Iterator, Mapping

from workflows.model import Workflow
from workflows.problem import Problem

READ: Mapping[str, tuple[str, ...]] = {
    "bedside_check_is_fresh": ("bedside_session_minutes",),
    "consent_is_given": ("consent_valid_days",),
    "dispensation_runs_out": ("dispensation_hours",),
    "expiry_is_within_the_shelf_life": ("shelf_life_hours", "shelf_life_days"),
    "material_is_fresh": ("fresh_hold_hours",),
    "no_more_is_infused_than_was_filled": ("infused_over_percent",),
    "shipper_holds_long_enough": ("transit_margin_hours",),
    "thaw_window_is_open": ("thaw_window_minutes",),
}
"""Of `product`, what each guard reads: one of these."""


def limits_are_there(workflow: Workflow) -> Iterator[Problem]:
    """What a guard compares with is written under `product`, once and as a whole number."""
    used = {use.name for action in workflow.actions.values() for use in action.guards}
    for guard in sorted(used & READ.keys()):
        found = [key for key in READ[guard] if key in workflow.product]
        if len(found) != 1:
            reason = f"needs one of {' or '.join(READ[guard])}, for {guard}"
            yield Problem("product", reason, "Write exactly one, as a whole number")
        for key in found:
            if not str(workflow.product[key]).isdecimal():
                yield Problem(f"product.{key}", "is no whole number", "Write one from 0, as in 24")
