"""Forgeries of the registers: who entered a row, and what a workflow may say."""

from tests.store.attacks import attack
from tests.store.world import B
from tests.store.writer import Deed, Row, Turn, Writer

NOT_THERE: Row = {"chain": "site", "seq": 99}
ELSEWHERE: Row = {"chain": "nowhere", "seq": 0}


def a_site(**change: str | int) -> Row:
    """A second hospital."""
    place: Row = {"name": "second", "country": "DE", "time_zone": "Europe/Berlin"}
    return {"id": "second", "kind": "hospital", **place, "chain": "site", "seq": 0} | change


def a_unit(**change: str | int) -> Row:
    """A second ward."""
    return {
        "id": "second",
        "kind": "unit",
        "site": "site of ward",
        "name": "second",
        "chain": "site",
        "seq": 0,
    } | change


def an_account(**change: str | int) -> Row:
    """A second account of Vera's."""
    return {"username": "second", "person": "vera", "chain": "site", "seq": 0} | change


def a_workflow(**change: str | int) -> Row:
    """A workflow with one transition."""
    said: Row = {"name": "other", "version": 1, "hash": "0" * 64, "text": "name: other"}
    return said | {"transitions": 1, "chain": "site", "seq": 0} | change


def a_transition(**change: str | int) -> Row:
    """The transition of that workflow: a product loses its next steps."""
    step: Row = {"workflow": "other", "from_version": 1, "version": 1, "machine": "product"}
    step |= {"action": "skip", "from_state": "released", "to_state": "infused", "custody": "none"}
    asks: Row = {"stop_effect": 0, "while_stopped": 1, "scans": 0, "patient": 0, "signatures": 1}
    asks |= {"on_paper": 0, "packing": "either"}
    return step | asks | {"n": 1, "transitions": 1} | change


def _install(writer: Writer, **change: str | int) -> None:
    writer.insert("workflow", a_workflow())
    writer.insert("transition", a_transition(**change))


@attack("ck_transition_on_paper")
def a_transition_is_copied_otherwise(writer: Writer) -> None:
    """Beside a transcription, not beside it, or as a step of it; there is no fourth."""
    _install(writer, on_paper=3)


# -- who entered it -------------------------------------------------------------------------------


@attack("fk_site_entry")
def a_site_was_entered_by_no_entry(writer: Writer) -> None:
    """The entry that brought a site is there."""
    writer.insert("site", a_site() | NOT_THERE)


@attack("fk_site_entry")
def a_site_was_entered_in_no_chain(writer: Writer) -> None:
    """An entry is named with its chain; a number alone names nothing."""
    writer.insert("site", a_site() | ELSEWHERE)


@attack("fk_unit_entry")
def a_unit_was_entered_by_no_entry(writer: Writer) -> None:
    """The entry that brought a unit is there."""
    writer.insert("party", {"id": "second", "kind": "unit"})
    writer.insert("unit", a_unit() | NOT_THERE)


@attack("fk_unit_entry")
def a_unit_was_entered_in_no_chain(writer: Writer) -> None:
    """The same, with the number of an entry of another chain."""
    writer.insert("party", {"id": "second", "kind": "unit"})
    writer.insert("unit", a_unit() | ELSEWHERE)


@attack("fk_account_entry")
def an_account_was_entered_by_no_entry(writer: Writer) -> None:
    """The entry that brought an account is there."""
    writer.insert("account", an_account() | NOT_THERE)


@attack("fk_account_entry")
def an_account_was_entered_in_no_chain(writer: Writer) -> None:
    """The same, with the number of an entry of another chain."""
    writer.insert("account", an_account() | ELSEWHERE)


@attack("fk_workflow_entry")
def a_workflow_was_installed_by_no_entry(writer: Writer) -> None:
    """The entry that brought a workflow is there."""
    writer.insert("workflow", a_workflow() | NOT_THERE)


@attack("fk_workflow_entry")
def a_workflow_was_installed_in_no_chain(writer: Writer) -> None:
    """The same, with the number of an entry of another chain."""
    writer.insert("workflow", a_workflow() | ELSEWHERE)


@attack("fk_person_entry")
def a_person_was_entered_in_no_chain(writer: Writer) -> None:
    """The same, with the number of an entry of another chain."""
    writer.insert("person", {"id": "mallory", "kind": "person"} | ELSEWHERE)


@attack("ck_person_origin")
def a_person_was_entered_in_a_chain_that_is_not_named(writer: Writer) -> None:
    """One NULL would switch off the key to the entry."""
    writer.insert("person", {"id": "mallory", "kind": "person", "chain": None, "seq": 0})


@attack("ck_person_origin")
def a_person_was_entered_by_an_entry_without_number(writer: Writer) -> None:
    """The other NULL would switch it off as well."""
    writer.insert("person", {"id": "mallory", "kind": "person", "chain": "site", "seq": None})


@attack("ck_person_origin")
def a_second_nobody_was_entered(writer: Writer) -> None:
    """Whoever acts is a person or a program; nobody is there once, from the beginning."""
    writer.insert("person", {"id": "mallory", "kind": "nobody", "chain": "site", "seq": 0})


@attack("ck_person_origin")
def a_second_nobody_was_there_from_the_beginning(writer: Writer) -> None:
    """Nobody entered it, as nobody entered the first; it has another name."""
    writer.insert("person", {"id": "mallory", "kind": "nobody", "chain": None, "seq": None})


@attack("ck_person_kind")
def a_person_is_of_a_new_kind(writer: Writer) -> None:
    """Whoever acts is a person or a program, and nothing third that no rule knows."""
    writer.insert("person", {"id": "mallory", "kind": "robot", "chain": "site", "seq": 0})


# -- what it is -----------------------------------------------------------------------------------


@attack("ck_party_kind")
def a_party_is_of_a_new_kind(writer: Writer) -> None:
    """Kinds of parties are few and known."""
    writer.insert("party", {"id": "second", "kind": "robot"})


@attack("ck_chain_kind")
def a_chain_is_of_a_new_kind(writer: Writer) -> None:
    """A chain is a therapy's or the site's."""
    writer.insert("chain", {"id": "C", "kind": "cold"})


@attack("ck_site_country")
def a_site_lies_in_a_country_of_three_letters(writer: Writer) -> None:
    """Countries are told in two letters, or rules that ask for one do not find it."""
    writer.insert("site", a_site(country="DEU"))


@attack("ck_unit_kind")
def a_patient_becomes_a_unit_and_says_so(writer: Writer) -> None:
    """A patient as a unit, with the kind told truly."""
    writer.insert("unit", a_unit(id=B.patient, kind="patient"))


@attack("fk_unit_site")
def a_unit_stands_at_no_site(writer: Writer) -> None:
    """Every unit is of a site."""
    writer.insert("party", {"id": "second", "kind": "unit"})
    writer.insert("unit", a_unit(site="nowhere"))


@attack("ck_therapy_kind")
def a_therapy_is_ordered_for_a_unit_and_says_so(writer: Writer) -> None:
    """A therapy for a ward, with the kind told truly."""
    writer.insert("chain", {"id": "C", "kind": "therapy"})
    of_a_ward = {"coi": "C", "patient_id": "ward", "patient_kind": "unit"}
    writer.insert("therapy", writer.row("therapy", coi="A") | of_a_ward)


# -- what a site's own label template may say ------------------------------------------------------


def a_template(**change: str | int) -> Row:
    """A second template of the site's own."""
    said: Row = {"name": "own-tube", "version": 1, "hash": "0" * 64, "layout": "2" * 64}
    return said | {"text": "name: own-tube", "chain": "site", "seq": 0} | change


@attack("fk_label_template_entry")
def a_template_was_kept_by_no_entry(writer: Writer) -> None:
    """The entry that kept a template is there."""
    writer.insert("label_template", a_template() | NOT_THERE)


@attack("fk_label_template_entry")
def a_template_was_kept_in_no_chain(writer: Writer) -> None:
    """The same, with the number of an entry of another chain."""
    writer.insert("label_template", a_template() | ELSEWHERE)


@attack("pk_label_template")
def a_template_version_is_kept_anew(writer: Writer) -> None:
    """A version has one text, with which its labels were printed."""
    row = writer.row("label_template", name="own-bag", version=1)
    writer.insert("label_template", row | {"text": "name: other", "layout": "2" * 64})


@attack("uq_label_template_layout")
def a_layout_is_kept_twice(writer: Writer) -> None:
    """A label names a layout, and is drawn by one text."""
    writer.insert("label_template", a_template(layout="1" * 64))


@attack("ck_label_template_version")
def a_template_has_a_version_before_the_first(writer: Writer) -> None:
    """Versions are counted from one."""
    writer.insert("label_template", a_template(version=0))


@attack("ck_label_template_text")
def a_template_has_no_text(writer: Writer) -> None:
    """Without a text nothing can be drawn."""
    writer.insert("label_template", a_template(text=""))


@attack("ck_label_template_text")
def a_template_is_longer_than_any_reader_takes(writer: Writer) -> None:
    """As long as the longest is kept, and no longer."""
    writer.insert("label_template", a_template(name="own-long", text="☣" * 65_536, layout="3" * 64))
    writer.insert("label_template", a_template(text="☣" * 65_537))


# -- what a workflow may say ----------------------------------------------------------------------


@attack("ck_transition_n")
def a_transition_comes_before_the_first(writer: Writer) -> None:
    """Numbers begin with 1, or one more would fit below."""
    _install(writer, n=0)


@attack("ck_transition_custody")
def a_workflow_knows_another_word_of_custody(writer: Writer) -> None:
    """A word that no rule about holders asks anything of."""
    _install(writer, custody="teleports")


@attack("ck_transition_packing")
def a_workflow_knows_another_word_of_packing(writer: Writer) -> None:
    """A word that no rule about packages asks anything of."""
    _install(writer, packing="through")


@attack("ck_transition_stop_effect")
def a_transition_lifts_two_holds_at_once(writer: Writer) -> None:
    """One step, one hold more or less."""
    _install(writer, stop_effect=-2)


@attack("ck_transition_asks")
def a_transition_half_passes_a_hold(writer: Writer) -> None:
    """It may be taken while stopped, or it may not."""
    _install(writer, while_stopped=2)


@attack("ck_transition_asks")
def a_transition_half_asks_for_a_scan(writer: Writer) -> None:
    """It asks for a label, or it does not."""
    _install(writer, scans=2)


@attack("ck_transition_asks")
def a_transition_half_asks_for_the_patient(writer: Writer) -> None:
    """It asks for the wristband, or it does not."""
    _install(writer, patient=2)


@attack("ck_transition_asks")
def a_transition_asks_for_less_than_no_signature(writer: Writer) -> None:
    """A number of signatures below none."""
    _install(writer, signatures=-1)


@attack("fk_transition_workflow")
def a_transition_is_of_a_workflow_that_nobody_installed(writer: Writer) -> None:
    """A workflow of the same version and size is another one."""
    writer.insert("workflow", a_workflow())
    writer.insert("transition", a_transition(workflow="third"))


@attack("fk_transition_workflow")
def a_transition_is_of_a_version_that_nobody_installed(writer: Writer) -> None:
    """Another version of a workflow is another workflow."""
    writer.insert("workflow", a_workflow())
    writer.insert("transition", a_transition(version=2, from_version=2))


# -- who takes part -------------------------------------------------------------------------------


def a_participation(**change: str | int) -> Row:
    """The laboratory takes part in A's therapy from entry 6 on."""
    return {"chain": "A", "site": "site of lab", "seq": 6} | change


@attack("fk_participation_entry")
def a_site_was_brought_in_by_no_entry(writer: Writer) -> None:
    """The entry that brought a site in is there."""
    writer.insert("participation", a_participation(seq=99))


@attack("fk_participation_entry")
def a_site_was_brought_in_by_another_therapys_entry(writer: Writer) -> None:
    """B goes on to an entry that A does not have."""
    seq = writer.act(Deed("B", "check", "ward", (Turn("B", "ordered"),)))
    writer.insert("participation", a_participation(seq=seq))


@attack("fk_participation_therapy")
def a_site_takes_part_in_a_chain_that_is_no_therapy(writer: Writer) -> None:
    """What belongs to no therapy has nobody who takes part."""
    writer.insert("participation", a_participation(chain="site", seq=0))


@attack("fk_participation_site")
def a_site_that_nobody_registered_takes_part(writer: Writer) -> None:
    """Who takes part is a site that is known here."""
    writer.insert("participation", a_participation(site="nowhere"))


@attack("pk_participation")
def a_site_comes_into_one_therapy_twice(writer: Writer) -> None:
    """A site takes part from one entry on, and not from a later one."""
    writer.insert("participation", a_participation(site="site of ward"))
