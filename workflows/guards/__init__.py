"""The named conditions of actions: each a sentence that must be true, and says why it is not.

Every guard is one function of a `Case`; it returns None when it holds, or the `Refusal`. What it
needs to be told and whether a late fact may break it stand in the table `GUARDS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from workflows.guards import (
    bedside,
    bench,
    closing,
    custody,
    deviating,
    donations,
    equipment,
    files,
    identity,
    investigating,
    labels,
    over_labels,
    people,
    quality,
    shipping,
    sites,
    time,
    treating,
)
from workflows.refusal import Refusal

Check = Callable[..., Refusal | None]


@dataclass(frozen=True, slots=True)
class Guard:
    """A check, the sections of the facts that it reads, and what a late fact does to it."""

    check: Check
    needs: frozenset[str] = frozenset()
    bends_to_facts: bool = False  # what has happened is recorded all the same, with an exception
    about_things: bool = False  # a thing in hand for which it was broken is in doubt, and stopped

    @property
    def name(self) -> str:
        """The name by which definitions and documents call it."""
        return self.check.__name__


def _table(*guards: Guard) -> dict[str, Guard]:
    return {guard.name: guard for guard in guards}


def _rule(check: Check, *needs: str) -> Guard:
    """A rule about a thing in hand: a late fact may have broken it, and stops the thing."""
    return Guard(check, frozenset(needs), bends_to_facts=True, about_things=True)


def _habit(check: Check, *needs: str) -> Guard:
    """A rule about people and papers: a late fact may have broken it, and harmed no thing."""
    return Guard(check, frozenset(needs), bends_to_facts=True)


def _lock(check: Check, *needs: str) -> Guard:
    """Identity, custody and signatures: nothing bends them; what broke them is an incident."""
    return Guard(check, frozenset(needs))


# Asked of every action, in the order in which a person would want to hear of them.
ALWAYS = _table(
    _lock(sites.site_takes_part, "sites"),
    _lock(treating.site_goes_on, "treatment"),
    _lock(people.actor_may_do_this),
    _lock(people.people_are_active),
    _lock(people.no_program_stands_for_a_person),
    _habit(people.people_are_trained),
    _lock(identity.scanned_codes_are_of_this_therapy),
    _lock(identity.containers_are_expected),
    _lock(identity.labels_are_current),
    # Values are read where something was corrected since the label: a handoff asks for no more.
    _lock(identity.labels_show_what_is_recorded),
    _lock(identity.wristband_is_this_patients),
    _lock(identity.everybody_scanned_the_same),
    _lock(custody.custody_is_unbroken),
    _lock(sites.consignee_takes_part, "sites"),
    _lock(treating.consignee_goes_on, "treatment"),
    # What happened before is read where a wristband is scanned alone: a handoff does not ask.
    _lock(treating.patient_was_admitted_here),
    _lock(custody.nothing_is_packed_elsewhere),
    _lock(custody.nothing_is_on_hold, "links"),
    # Read for hands-on work alone: a handoff does not ask for benches.
    _rule(bench.bench_is_clear),
    # Read where a field names some: a step that asks for none needs no register.
    _rule(equipment.equipment_is_fit),
    # Read where a field names one; what is not there is on no record, late or not.
    _lock(files.file_is_held),
    _lock(people.every_signature_is_given, "sites"),
    _lock(people.signers_are_different_people),
    # Read where two check at the patient: no other step asks at which devices.
    _lock(bedside.second_check_is_at_another_device),
)

GUARDS = ALWAYS | _table(
    _lock(identity.patient_is_identified_by_two_people),
    _lock(identity.order_is_scanned),
    _rule(identity.label_template_is_approved, "templates"),
    _lock(bedside.one_bag_is_in_hand),
    _rule(bedside.the_bag_before_is_in),
    _lock(bedside.another_pair_checks_after_a_mismatch, "values", "history"),
    _rule(bedside.bedside_check_is_fresh, "history"),
    _rule(bedside.who_infuses_has_checked, "history"),
    _lock(bedside.product_is_accepted_at_site),
    _rule(bedside.no_more_is_infused_than_was_filled, "values"),
    _lock(bedside.something_is_infused, "history"),
    _lock(treating.another_hospital_is_asked, "treatment"),
    _lock(treating.site_is_asked_to_treat, "treatment", "values"),
    _lock(treating.change_of_site_is_open, "treatment"),
    _lock(treating.destination_treats, "treatment"),
    _lock(shipping.shipment_goes_where_it_was_sent_on, "values"),
    _rule(shipping.shipper_holds_long_enough, "values", "history"),
    _lock(shipping.shipment_is_stopped, "values"),
    _lock(shipping.shipment_goes_into_keeping),
    _lock(shipping.something_is_packed),
    _lock(shipping.shipper_is_free, "values"),
    _lock(shipping.shipment_has_not_left, "history"),
    _lock(shipping.whole_contents_are_scanned),
    _lock(quality.disposition_is_released, "links"),
    _lock(quality.disposition_is_decided, "links"),
    # How grave an exception is, is told where one is open: a handoff asks for nothing else.
    _lock(quality.unreleased_product_stays_at_its_site, "links"),
    _lock(quality.required_results_are_in, "values"),
    _lock(quality.results_are_within_limits, "values"),
    _lock(deviating.something_is_out_of_specification, "values"),
    _lock(deviating.these_results_are_within_limits, "values"),
    _lock(deviating.these_are_on_record, "values"),
    _lock(deviating.this_was_answered, "values"),
    _lock(deviating.these_came_in_order, "history", "values"),
    _lock(deviating.newest_is_meant, "values"),
    _lock(deviating.consent_still_stands, "values"),
    _lock(deviating.who_treats_has_asked, "values"),
    _lock(deviating.label_is_to_be_replaced, "links", "values"),
    _rule(deviating.disposition_is_on_the_label, "links", "values"),
    _lock(labels.labels_are_accounted_for, "label_lives", "history", "links", "values"),
    _lock(donations.donation_is_numbered_once, "donations"),
    _lock(over_labels.over_label_is_on_nothing_else, "over_labels"),
    _lock(quality.no_critical_exception_is_open, "values"),
    _lock(quality.no_other_lot_is_running),
    _rule(quality.container_is_intact, "values"),
    _rule(time.product_is_in_date, "values"),
    _rule(time.thaw_window_is_open, "values", "history"),
    _rule(time.material_is_fresh, "history", "values", "links"),
    _rule(time.consent_is_given, "values"),
    _lock(time.consent_follows_its_withdrawal, "values"),
    _lock(time.consent_is_given_anew, "values"),
    _habit(time.date_is_plausible),
    _rule(time.expiry_is_within_the_shelf_life),
    _lock(time.expiry_is_extended, "values"),
    _lock(time.expiry_may_be_extended_again, "values"),
    _lock(people.signer_took_no_part, "history"),
    _lock(closing.some_material_is_there),
    _lock(closing.no_product_is_left),
    _lock(closing.nothing_is_left_to_account_for),
    _habit(closing.material_disposition_is_stated),
    _lock(closing.exception_stops_an_item, "values"),
    _lock(closing.exception_stops_the_therapy, "values"),
    _lock(closing.these_have_stopped_it, "history"),
    _lock(closing.exception_stops_nothing, "values"),
    _lock(closing.closer_did_not_open_it, "history", "values"),
    _lock(investigating.exception_is_investigated, "values"),
    _lock(investigating.exception_is_not_critical, "values"),
    _lock(investigating.another_closes_what_is_critical, "values", "history"),
    _lock(investigating.class_is_raised, "values"),
    _lock(investigating.class_is_lowered, "values"),
    _lock(investigating.another_lowers_the_class, "values", "history"),
    _lock(investigating.capa_is_told),
    _lock(closing.one_thing_is_meant),
    _lock(closing.rule_may_be_dispensed),
    _lock(time.dispensation_runs_out),
    _lock(closing.therapy_is_cancelled),
)
