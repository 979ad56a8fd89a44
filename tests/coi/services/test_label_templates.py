"""A label is drawn by the version of its template that issued it, and by no withdrawn one."""

from dataclasses import replace

import pytest

from coi.ledger.content import Attestation
from coi.services.approvals import approve_template, approved_now, as_approved
from coi.services.custody_labels import template_named
from coi.services.custody_reading import read_custody
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.known_templates import printed_by
from coi.services.label_templates import Standing, look_at_template
from coi.services.labelling import NotPrinted, bag_label_of, bag_label_pdf
from coi.services.proofs import NotAllowed
from coi.services.therapies import look
from coi.services.verifying import verify_record
from coi.store.facts import withdrawn_templates
from labels.bag_numbers import PAYLOADS
from labels.templates import TEMPLATES, every_version
from tests.journeys.worlds import Databases, copy_of
from workflows.labelled import BATCH, CHOICES, DONATION, EXPIRY, NEEDS

TUBE = "tube-label"


@pytest.fixture
def performer(lives, migrated_file, tmp_path):
    """The cast, in a world of therapies that went through a good deal, for this test alone."""
    with copy_of(Databases(migrated_file), lives, tmp_path) as acting:
        yield acting


@pytest.fixture
def serial(performer, lives):
    """The serial of a label that was issued: a product's."""
    view = look(performer.installation, lives.cois["positive after infusion"])
    product = next(one.id for one in view.subjects.values() if one.machine == "product")
    return view.labels[product][-1]


def test_a_label_is_drawn_by_the_version_that_issued_it(performer, serial):
    """What it says names its template, so that whoever draws it asks for no other."""
    label = bag_label_of(performer.installation, serial)

    assert label.template == TEMPLATES["bag-label"]


@pytest.mark.parametrize(
    ("machine", "template"),
    [("material", "collection-label"), ("sample", TUBE), ("shipment", "shipper-label")],
)
def test_each_sort_of_container_is_labelled_as_its_definition_says(
    performer, lives, machine, template
):
    """What stands with the label as it was issued is the hash of that template."""
    view = look(performer.installation, lives.cois["positive after infusion"])
    serials = [view.labels[one.id][-1] for one in view.subjects.values() if one.machine == machine]

    drawn = [bag_label_of(performer.installation, serial).template for serial in serials]

    assert drawn == [TEMPLATES[template]] * len(serials) != []


def test_a_withdrawn_template_draws_nothing_until_it_is_approved_again(performer, serial):
    """It is refused with what to do, and the record stays sound."""
    installation, queenie = performer.installation, performer.proven["queenie"]

    approve_template(installation, queenie, "bag-label", holds=False)
    with pytest.raises(NotPrinted, match="withdrawn version 3") as caught:
        bag_label_pdf(installation, serial)
    approve_template(installation, queenie, "bag-label")

    assert caught.value.reason == "TEMPLATE_WITHDRAWN"
    assert bag_label_pdf(installation, serial).startswith(b"%PDF")
    assert verify_record(installation).findings == ()


def test_a_label_asks_for_the_approval_of_its_own_template(performer, lives):
    """A tube whose template is withdrawn is not drawn, though that of bags is approved."""
    installation, queenie = performer.installation, performer.proven["queenie"]
    view = look(installation, lives.cois["positive after infusion"])
    sample = next(one.id for one in view.subjects.values() if one.machine == "sample")

    approve_template(installation, queenie, TUBE, holds=False)

    with pytest.raises(NotPrinted, match="withdrawn version 2 of tube-label"):
        bag_label_pdf(installation, view.labels[sample][-1])


def test_what_is_withdrawn_is_the_version_that_was_in_force(performer):
    """Also when a newer one came with the program and nobody has approved that."""
    installation, queenie = performer.installation, performer.proven["queenie"]
    newest, old = every_version(TUBE)
    approve_template(installation, queenie, TUBE, holds=False)
    told = Attestation("template", TUBE, holds=1, detail=as_approved(old))

    def approved_before_the_upgrade(tx):
        occasion = Occasion(queenie.person, "-", installation.clock.now())
        write_site_entry(tx, "approve_template", occasion, Registered((told,)))

    installation.transact(approved_before_the_upgrade)
    printed = installation.read(lambda tx: (printed_by(tx, TUBE), approved_now(tx)[TUBE]))
    approve_template(installation, queenie, TUBE, holds=False)

    gone = installation.read(withdrawn_templates)
    assert printed == (old, True)
    assert (TUBE, as_approved(old)) in gone
    known = look_at_template(installation, queenie, TUBE)
    assert known.turns[0].version == old.version
    assert known.versions[0].template == newest


def test_another_template_that_is_withdrawn_changes_nothing(performer, serial):
    """Each is approved for itself."""
    installation, queenie = performer.installation, performer.proven["queenie"]

    approve_template(installation, queenie, TUBE, holds=False)

    assert bag_label_pdf(installation, serial).startswith(b"%PDF")


def test_each_version_stands_as_it_was_signed_last(performer):
    """Approved once the newest is; a version that nobody signed was never approved."""
    installation, queenie = performer.installation, performer.proven["queenie"]

    def standings():
        known = look_at_template(installation, queenie, TUBE)
        return [one.standing for one in known.versions]

    before = standings()
    approve_template(installation, queenie, TUBE, holds=False)

    assert before == [Standing.APPROVED, Standing.NEVER]
    assert standings() == [Standing.WITHDRAWN, Standing.NEVER]


def test_who_is_no_qa_reviewer_is_shown_no_template(performer):
    """Looking is for those who sign."""
    with pytest.raises(NotAllowed):
        look_at_template(performer.installation, performer.proven["nina"], TUBE)


def test_an_old_version_is_named_in_the_custody_record(performer, lives):
    """A label that it issued is told by name and version; one that is not here as unknown."""
    old, coi = every_version(TUBE)[-1], lives.cois["positive after infusion"]
    installation = performer.installation
    reading = installation.read(lambda tx: read_custody(tx, installation, coi))
    told = replace(reading, templates={old.sha256: old})

    assert template_named(told, old.sha256) == f"tube-label 1, {old.sha256[:12]}…"
    assert template_named(told, "0" * 64) == "unknown template, 000000000000…"


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_a_definition_is_asked_for_all_that_its_templates_need(name):
    """What the symbols of others hold, and the expiry where nothing is printed without it."""
    of_symbols = {
        "donation": {DONATION},
        "isbt128": {DONATION, "isbt_product", EXPIRY},
        "gs1": {"gtin", EXPIRY, BATCH},
        "gs1_item": {"gtin"},
    }
    assert of_symbols.keys() == PAYLOADS.keys()

    template = TEMPLATES[name]
    needed = [of_symbols.get(symbol.payload, set()) for symbol in template.symbols]

    required = {EXPIRY} & {*template.required}
    assert set().union(required, *needed) == {*NEEDS.get(name, ())}
