"""What must be true of every definition: one small function a property, as the guards are.

Each yields a problem for every place where the property does not hold, and nothing otherwise.
"""

from collections.abc import Callable, Iterator

from workflows.checks import (
    custody,
    deadlines,
    files,
    identity,
    limits,
    lives,
    numbers,
    packing,
    people,
    rules,
    statements,
    stops,
)
from workflows.model import Workflow
from workflows.problem import Problem

Property = Callable[[Workflow], Iterator[Problem]]

PROPERTIES: tuple[Property, ...] = (
    rules.special_machines_exist_once,
    rules.births_are_complete,
    rules.parents_are_there,
    rules.picks_find_something,
    rules.rules_of_a_machine_are_alternatives,
    rules.subjects_of_a_machine_are_found_one_way,
    rules.exceptions_can_be_opened,
    rules.dispensations_are_used_once,
    lives.states_are_reachable,
    lives.states_lead_to_an_end,
    lives.lives_end_after_the_therapy,
    lives.ends_are_final,
    lives.late_records_change_nothing,
    custody.handoffs_can_be_answered,
    custody.custody_begins_with_the_life,
    custody.custody_ends_with_the_life,
    custody.endings_are_named,
    identity.patients_are_scanned,
    identity.bags_are_scanned_at_the_patient,
    identity.scanned_things_are_labelled,
    limits.limits_are_there,
    packing.packages_are_closed_around_something,
    packing.what_is_packed_comes_out,
    packing.contents_go_along,
    people.signatures_are_different,
    people.actors_can_sign,
    deadlines.next_steps_have_their_time,
    deadlines.times_are_told_once,
    files.files_are_of_a_therapy,
    files.files_of_a_step_fit_into_its_form,
    statements.donor_tests_can_be_read,
    statements.statements_are_known,
    statements.chosen_labels_are_known,
    numbers.labels_can_say_their_numbers,
    numbers.products_are_told_apart,
    numbers.donations_are_numbered_once,
    statements.over_labels_are_recorded_once,
    stops.stops_work_while_stopped,
    stops.what_is_scanned_can_be_held,
    stops.alarms_are_about_what_is_in_hand,
    stops.alarms_can_stop,
    stops.holds_can_be_lifted,
    stops.therapy_holds_can_be_lifted,
)
