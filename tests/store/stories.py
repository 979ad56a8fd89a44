"""Legal stories: what must stay possible, however strict the tables are."""

from collections.abc import Callable
from dataclasses import replace

from tests.store.attacks_on_registers import a_template, a_transition, a_workflow
from tests.store.attacks_on_transcriptions import a_copy, a_correction, an_end, begun
from tests.store.attacks_on_tree import a_checkpoint, a_leaf
from tests.store.world import (
    A,
    a_label,
    a_link,
    a_second_label,
    a_value,
    a_wristband,
    accept,
    an_attestation,
    infuse,
    label_of,
    label_turns,
    record,
    release,
    to_the_ward,
    touch,
)
from tests.store.writer import Birth, Deed, Turn, Writer

Story = Callable[[Writer], object]
STORIES: list[Story] = []


def story(told: Story) -> Story:
    """Add a story to those that must pass."""
    STORIES.append(told)
    return told


@story
def two_bags_travel_in_one_shipper(writer: Writer) -> None:
    """Two bags travel as one; one is infused, part of the other, and the rest destroyed."""
    subjects = ("A/10.1", A.product, A.other_product)
    inside = tuple(replace(turn, inside="A/10.1") for turn in _both("released"))
    packed = (Turn("A/10.1", "packed", holder="mfg"), *inside)
    parts = {
        "label": (a_label("A/10.1"),),
        "lineage": tuple(a_link("A/10.1", bag, 8, "packed_in") for bag in subjects[1:]),
    }
    writer.act(Deed("A", "pack", "mfg", packed, births=(Birth("shipment", "A"),), parts=parts))
    for giver, taker in (("mfg", "courier"), ("courier", "ward")):
        writer.act(Deed("A", "carry", giver, _all(subjects, consignee=taker)))
        writer.act(Deed("A", "carried", taker, _all(subjects, holder=taker)))
    opened = Turn("A/10.1", "unpacked", holder="unpacked", label=label_of("A/10.1"))
    outside = (replace(turn, inside="-") for turn in _both("released"))
    writer.act(Deed("A", "open", "ward", (opened, *outside)))
    writer.act(infuse(A))
    part = Turn(
        A.other_product,
        "partly_infused",
        label=label_of(A.other_product),
        patient=A.patient,
        wristband=A.wristband,
    )
    writer.act(Deed("A", "infuse_part", "ward", (part,), ("ines", "nina")))
    rest = Turn(A.other_product, "destroyed", holder="destroyed", label=label_of(A.other_product))
    writer.act(Deed("A", "destroy", "ward", (rest,), ("ines", "nina")))


@story
def two_collections_are_pooled_into_one_lot(writer: Writer) -> None:
    """A second collection is drawn; both bags are parents of a second lot."""
    writer.act(
        Deed(
            "A",
            "plan",
            "ward",
            (Turn("A/10.1", "planned"),),
            (),
            births=(Birth("collection", "A"),),
        )
    )
    drawn = (
        Turn("A/10.1", "collected"),
        Turn("A/11.1", "collected", holder="mfg", patient=A.patient, wristband=A.wristband),
    )
    parts = {"label": (a_label("A/11.1"),), "lineage": (a_link("A/11.1", "A/10.1", 10),)}
    born = (Birth("bag", "A/10.1"),)
    writer.act(Deed("A", "collect", "mfg", drawn, ("nina", "ines"), births=born, parts=parts))
    pooled = {"lineage": (a_link("A/12.1", "A/11.1", 11), a_link("A/12.1", A.bag, 2))}
    turns = (Turn("A/12.1", "running"), Turn("A/11.1", "used", holder="used", label="L-A/11.1"))
    writer.act(Deed("A", "start", "mfg", turns, births=(Birth("lot", "A/11.1"),), parts=pooled))


@story
def one_bag_is_split_into_four(writer: Writer) -> None:
    """A product is used up and four portions name it as their parent."""
    portions = [f"A/10.{n}" for n in range(1, 5)]
    parts = {
        "lineage": tuple(a_link(portion, A.product, 8) for portion in portions),
        "label": tuple(map(a_label, portions)),
    }
    born = (Birth("product", A.product),) * 4
    turns = tuple(Turn(portion, "released", holder="mfg") for portion in portions)
    writer.act(Deed("A", "portion", "mfg", turns, births=born, parts=parts))
    used = Turn(A.product, "split", holder="used", label=label_of(A.product))
    writer.act(Deed("A", "split", "mfg", (used,)))


@story
def a_release_is_taken_back_and_sent_elsewhere(writer: Writer) -> None:
    """The courier did not come: the giver takes it back and sends it with another."""
    writer.act(release(A))
    writer.act(touch(A, "take_back", scan=True))
    writer.act(release(A, "ward"))
    writer.act(accept(A, "ward"))


@story
def a_bag_held_for_two_reasons_resumes_where_it_was(writer: Writer) -> None:
    """Two holds are lifted one by one; then the bag moves on from where it was."""
    for action in ("hold", "hold", "lift", "lift"):
        writer.act(touch(A, action))
    writer.act(release(A))


@story
def a_bag_in_transit_is_held_and_accepted_after_the_lift(writer: Writer) -> None:
    """A hold does not lose sight of to whom the bag was sent."""
    writer.act(release(A))
    writer.act(touch(A, "hold"))
    writer.act(touch(A, "lift"))
    writer.act(accept(A))


@story
def a_therapy_is_held_and_resumed(writer: Writer) -> None:
    """The whole therapy stops and starts again."""
    writer.act(Deed("A", "hold", "ward", (), ("ines",), "hold"))
    writer.act(Deed("A", "lift", "ward", (), ("ines",), "lift"))
    writer.act(release(A))


@story
def a_therapy_moves_to_a_new_workflow_version(writer: Writer) -> None:
    """A migration in flight; the history keeps the version in which it was written."""
    turns = (Turn("A", "ordered"), Turn(A.product, "cleared"), Turn(A.other_product, "cleared"))
    writer.act(Deed("A", "migrate", "mfg", turns, ("quentin", "mia"), "migrate", version=2))
    sent = Turn(A.product, "cleared", consignee="courier", label=label_of(A.product))
    writer.act(Deed("A", "release", "mfg", (sent,)))


@story
def a_therapy_is_copied_from_paper_and_goes_on(writer: Writer) -> None:
    """Copied, corrected beside, copied on; ended by two, and from then on as ever."""
    begun(writer)
    for deed in (a_copy(), a_correction(), a_copy(), an_end(), a_correction()):
        writer.act(deed)


@story
def a_value_is_corrected_with_a_reason(writer: Writer) -> None:
    """A correction is a new revision; the old value stays."""
    writer.act(record(A, ["mia"], value=(a_value(A.lot, "viability", 2, "mistyped"),)))
    writer.act(record(A, ["mia"], value=(a_value(A.lot, "viability", 3, "mistyped"),)))


@story
def a_wristband_is_replaced(writer: Writer) -> None:
    """The patient gets a second wristband, and is infused under it."""
    writer.act(record(A, ["nina"], wristband=(a_wristband(A.patient, "W-A2", 2),)))
    to_the_ward(writer, A)
    (turn,) = infuse(A).turns
    writer.act(replace(infuse(A), turns=(replace(turn, wristband="W-A2"),)))


@story
def a_label_is_printed_again(writer: Writer) -> None:
    """A spoiled label is void, and one with another serial replaces it; both lead to the bag."""
    anew = (a_second_label(A.product, "L2"),)
    writer.act(record(A, ["mia"], label_turn=label_turns(A.product, "voided"), label=anew))
    writer.act(replace(release(A), turns=(replace(release(A).turns[0], label="L2"),)))


@story
def every_piece_of_a_label_is_accounted_for(writer: Writer) -> None:
    """A label is read on its bag; another one is void, and both its pieces are destroyed."""
    read = label_turns(A.product, "printed", "verified", "applied")
    writer.act(record(A, ["nina"], label_turn=read))
    spoiled = label_turns(A.other_product, "voided", "destroyed")
    twice = (spoiled[0], spoiled[1] | {"pieces": 2})
    writer.act(record(A, ["nina", "ines"], label_turn=twice))


@story
def labels_are_void_wherever_they_are(writer: Writer) -> None:
    """One came out of the printer and is lost; another one was read, and is given back."""
    lost = label_turns(A.product, "printed", "voided", "lost")
    returned = label_turns(A.other_product, "printed", "verified", "voided", "returned")
    writer.act(record(A, ["nina", "ines"], label_turn=(*lost, *returned)))


@story
def a_bag_is_lost_on_the_way(writer: Writer) -> None:
    """The consignee reports that what was sent never came."""
    writer.act(release(A))
    lost = Turn(A.product, "lost", holder="lost")
    writer.act(Deed("A", "lose", "courier", (lost,), ("omar",)))


@story
def a_refused_attempt_opens_an_exception(writer: Writer) -> None:
    """A refusal is an entry without signatures; it may open an exception."""
    opened = (Turn("A/10.1", "open"),)
    born = (Birth("exception", A.product),)
    writer.act(Deed("A", "open", "ward", opened, (), "refused", births=born))


@story
def the_organisation_changes_its_mind(writer: Writer) -> None:
    """A role is taken away again: a newer attestation."""
    gone = an_attestation("nina", "nurse") | {"holds": 0}
    writer.act(
        Deed("site", "dismiss", "ward", (), ("vera",), "site", parts={"attestation": (gone,)})
    )


@story
def two_therapies_go_on_side_by_side(writer: Writer) -> None:
    """Entries of two chains take turns and never meet."""
    for therapy in (A, replace(A, coi="B", patient="P-b")):
        to_the_ward(writer, therapy)
        writer.act(infuse(therapy))


@story
def a_bag_is_lost_where_it_is(writer: Writer) -> None:
    """The holder reports that what was in stock is gone."""
    lost = Turn(A.product, "lost", holder="lost")
    writer.act(Deed("A", "lose", "mfg", (lost,)))


@story
def an_attempt_at_the_site_is_refused(writer: Writer) -> None:
    """What is refused outside a therapy follows no workflow."""
    writer.act(Deed("site", "admit", "ward", (), (), "refused"))


@story
def two_wristbands_are_issued_at_once(writer: Writer) -> None:
    """One for each arm: two of a kind in one entry."""
    bands = tuple(a_wristband(A.patient, f"W-A{issue}", issue) for issue in (2, 3))
    writer.act(record(A, ["nina"], wristband=bands))


@story
def one_field_is_recorded_of_two_subjects_and_twice(writer: Writer) -> None:
    """A value belongs to its subject and to its occurrence."""
    again = a_value(A.lot, "viability") | {"occurrence": 2}
    writer.act(record(A, ["mia"], value=(a_value(A.product, "viability"), again)))


@story
def a_role_is_given_until_a_day(writer: Writer) -> None:
    """A second chain of the site vouches for somebody, for some time."""
    writer.insert("chain", {"id": "second site", "kind": "site"})
    until = an_attestation("nina", "nurse") | {"valid_until": "2026-12-31T23:59:59.000000Z"}
    for action, vows in (("set_up", ()), ("admit", (until,))):
        writer.act(Deed("second site", action, "ward", (), (), "site", parts={"attestation": vows}))


@story
def a_workflow_has_steps_that_differ_in_one_thing(writer: Writer) -> None:
    """Two transitions are two as soon as one thing about them differs."""
    changes: tuple[dict[str, str | int], ...] = (
        *({}, {"from_version": 0}, {"machine": "bag"}, {"action": "jump"}),
        *({"from_state": "made"}, {"to_state": "lost"}, {"custody": "keeps"}, {"stop_effect": 1}),
        *({"while_stopped": 0}, {"scans": 1}, {"patient": 1}, {"signatures": 2}),
        *({"on_paper": 1}, {"packing": "outside"}),
    )
    for version in (1, 2):
        writer.insert("workflow", a_workflow(version=version, transitions=len(changes)))
        for n, change in enumerate(changes, start=1):
            step = a_transition(version=version, n=n, transitions=len(changes))
            writer.insert("transition", step | change)


@story
def a_site_keeps_another_template_and_a_newer_version(writer: Writer) -> None:
    """A template is another one by its name, or by its version."""
    writer.insert("label_template", a_template())
    writer.insert("label_template", a_template(name="own-bag", version=2, layout="3" * 64))


@story
def the_tree_grows_by_another_chain(writer: Writer) -> None:
    """The first entries of a therapy come behind those of the site, and the tree grows upwards."""
    writer.insert("tree_leaf", a_leaf())
    writer.insert("tree_leaf", a_leaf(n=4, prev_n=3, seq=1, prev_seq=0))
    for level, number in ((1, 1), (2, 0)):
        writer.insert("tree_node", {"level": level, "number": number, "hash": "0" * 64})
    writer.insert("checkpoint", a_checkpoint(size=5, last=4))


def _both(state: str) -> tuple[Turn, ...]:
    return tuple(
        Turn(product, state, label=label_of(product)) for product in (A.product, A.other_product)
    )


def _all(subjects: tuple[str, ...], **change: str) -> tuple[Turn, ...]:
    return tuple(
        Turn(
            subject,
            "packed" if subject == "A/10.1" else "released",
            label=label_of(subject),
            **change,
        )
        for subject in subjects
    )
