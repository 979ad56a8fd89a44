"""Quality assurance keeps a template of its own; another approves it; the record holds it."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest

from coi.definitions import packaged
from coi.errors import DataRefused, Refused, Unknown
from coi.ledger.content import Attestation
from coi.services.approvals import approve_template, as_approved
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.installing import install_definition
from coi.services.keeping_templates import KEPT, MOST, keep_template
from coi.services.known_templates import newest, text_of, text_to_begin, version_of_hash
from coi.services.label_templates import Standing, every_template, look_at_template
from coi.services.proofs import CannotSign, NotAllowed
from coi.services.verifying import verify_record
from coi.store.entries import entries_of
from coi.store.facts import ORGANISATION, templates, withdrawn_templates
from coi.store.templates import add_template
from labels.sample import sample_print
from labels.template_reader import read_template
from labels.templates import TEMPLATES, template_text
from labels.zpl_reading import read_zpl
from tests.coi.own_templates import OWN_TUBE, own_text

WHY = "Tubes of the new supplier"


@pytest.fixture
def installation(clinic):
    """A running installation."""
    return clinic.installation


@pytest.fixture
def queenie(clinic):
    """Of quality assurance: she makes templates."""
    return clinic.hire("queenie", ("qa_reviewer", "works-production"))


@pytest.fixture
def quirin(clinic):
    """Of quality assurance too: he approves them."""
    return clinic.hire("quirin", ("qa_reviewer", "works-production"))


def entries(installation):
    """The organisation's entries by which templates were kept: content and signatures."""
    chain = installation.read(lambda tx: [*entries_of(tx, ORGANISATION)])
    told = [(json.loads(content), json.loads(signed)) for _hash, content, signed in chain]
    return [one for one in told if one[0]["action"] == "keep_template"]


def problems_of(caught):
    """All that was wrong, as one text."""
    return str(caught.value)


def test_a_text_is_kept_with_its_hashes_and_a_signature(installation, queenie):
    """Its name, version, text and layout stand in a signed entry; why is kept apart."""
    kept = keep_template(installation, queenie, own_text(), WHY)

    ((content, signed),) = entries(installation)
    (told,) = content["registers"]["templates"]
    assert (told["name"], told["version"], told["layout"]) == (OWN_TUBE, 1, kept.sha256)
    assert [one["meaning"] for one in signed] == [KEPT]
    assert WHY not in json.dumps(content)
    assert installation.read(lambda tx: text_of(tx, OWN_TUBE)) == own_text()
    assert installation.read(lambda tx: newest(tx, OWN_TUBE)) == kept
    assert verify_record(installation).findings == ()


def test_the_same_text_is_kept_once(installation, queenie):
    """Asked again, nothing more is recorded."""
    keep_template(installation, queenie, own_text(), WHY)
    keep_template(installation, queenie, own_text(), WHY)

    assert len(entries(installation)) == 1


def test_a_newer_version_leaves_the_older_one_as_it_was(installation, queenie):
    """Each is found by its hash; the newest is the one to sign."""
    first = keep_template(installation, queenie, own_text(), WHY)
    second = keep_template(installation, queenie, own_text(2), WHY)

    known = look_at_template(installation, queenie, OWN_TUBE)
    assert [one.template for one in known.versions] == [second, first]
    assert installation.read(lambda tx: version_of_hash(tx, first.sha256)) == first
    assert installation.read(lambda tx: text_of(tx, OWN_TUBE, 1)) == own_text()


@pytest.mark.parametrize("version", [1, 3])
def test_no_version_is_changed_or_left_out(installation, queenie, version):
    """What follows on version 1 is version 2, and nothing else."""
    keep_template(installation, queenie, own_text(), WHY)
    other = own_text(version).replace("a sample tube", "a tube of ours")

    with pytest.raises(DataRefused) as caught:
        keep_template(installation, queenie, other, WHY)

    assert f"the next one of {OWN_TUBE} is 2" in problems_of(caught)
    assert len(entries(installation)) == 1


@pytest.mark.parametrize("name", ["tube-label", "mine", "bag-label", "owned-tube"])
def test_a_sites_own_has_a_name_that_no_packaged_one_has(installation, queenie, name):
    """Neither one of today, nor one that may come."""
    with pytest.raises(DataRefused, match="begins with “own-”"):
        keep_template(installation, queenie, own_text(name=name), WHY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: own-x", "Missing data"),
        ("&a [*a]", "anchors"),
        ("\x00", "the template"),
        ("\ud800", "the template"),
        ("x" * 65_537, "longer than 65536"),
        (own_text().replace("width_mm: 51", "width_mm: 20"), "is not on the label"),
        (own_text().replace("FOR AUTOLOGOUS USE ONLY", "FOR ANYBODY"), "in these words"),
    ],
    ids=["short", "anchor", "nul", "half", "long", "outside", "words"],
)
def test_what_is_no_label_of_a_container_is_not_kept(installation, queenie, text, said):
    """Every problem is told; nothing is recorded."""
    with pytest.raises(DataRefused, match=said):
        keep_template(installation, queenie, text, WHY)

    assert entries(installation) == []


def test_a_text_that_does_not_fit_is_not_kept(installation, queenie):
    """With long values too, and at every resolution of a printer."""
    tight = own_text().replace(
        "y_mm: 21.2, width_mm: 47.25, size_pt: 5.5, smallest_pt: 5}",
        "y_mm: 21.2, width_mm: 20, size_pt: 5.5}",
    )

    with pytest.raises(DataRefused) as caught:
        keep_template(installation, queenie, tight, WHY)

    assert "with the usual values at 203 dpi" in problems_of(caught)
    assert entries(installation) == []


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 10_001])
def test_why_it_is_kept_is_said(installation, queenie, reason):
    """Not with blanks, and not without end."""
    with pytest.raises(DataRefused):
        keep_template(installation, queenie, own_text(), reason)

    assert entries(installation) == []


def test_no_more_are_kept_than_can_be_looked_at(installation, queenie, monkeypatch):
    """The record does not grow without end."""
    monkeypatch.setattr("coi.services.keeping_templates.MOST", 1)
    keep_template(installation, queenie, own_text(), WHY)

    with pytest.raises(DataRefused, match="1 versions are kept already"):
        keep_template(installation, queenie, own_text(2), WHY)

    assert MOST == 1_000


def test_only_quality_assurance_keeps_a_template(installation, clinic):
    """An administrator does not, and nothing is drawn for them."""
    with pytest.raises(NotAllowed):
        keep_template(installation, clinic.root, "no template", WHY)


def test_whoever_cannot_sign_keeps_none(installation, queenie):
    """A signature takes training that is current."""
    installation.clock.advance(timedelta(days=2_000))

    with pytest.raises(CannotSign):
        keep_template(installation, queenie, own_text(), WHY)

    assert entries(installation) == []


def test_whoever_kept_it_does_not_approve_it(installation, queenie, quirin):
    """Another person does; withdrawing is free to everybody of quality assurance."""
    kept = keep_template(installation, queenie, own_text(), WHY)

    with pytest.raises(Refused) as caught:
        approve_template(installation, queenie, OWN_TUBE)
    assert [one.code for one in caught.value.refusals] == ["APPROVER_IS_AUTHOR"]
    assert installation.read(templates) == {}

    approve_template(installation, quirin, OWN_TUBE, seen=kept.sha256)
    assert installation.read(templates) == {OWN_TUBE: f"sha256:{kept.sha256}"}
    approve_template(installation, queenie, OWN_TUBE, holds=False)
    assert installation.read(templates) == {}
    assert verify_record(installation).findings == ()


def test_a_newer_version_is_not_approved_with_the_older_one(installation, queenie, quirin):
    """Each is approved for itself; who kept the first may approve what another kept."""
    keep_template(installation, queenie, own_text(), WHY)
    approve_template(installation, quirin, OWN_TUBE)
    keep_template(installation, quirin, own_text(2), WHY)

    before = look_at_template(installation, queenie, OWN_TUBE)
    approve_template(installation, queenie, OWN_TUBE)
    after = look_at_template(installation, queenie, OWN_TUBE)

    assert [one.standing for one in before.versions] == [Standing.NEVER, Standing.APPROVED]
    assert [one.standing for one in after.versions] == [Standing.APPROVED, Standing.REPLACED]


def test_a_replaced_version_that_is_found_wrong_is_withdrawn(installation, queenie, quirin):
    """The one in force stays so; once that is withdrawn, none that was before comes back."""
    versions = []
    for n, (keeper, other) in enumerate(((queenie, quirin), (quirin, queenie)), 1):
        versions.append(keep_template(installation, keeper, own_text(n), WHY))
        approve_template(installation, other, OWN_TUBE)
    old, new = versions

    def withdraw(version):
        approve_template(installation, queenie, OWN_TUBE, holds=False, seen=version.sha256)
        found = look_at_template(installation, queenie, OWN_TUBE)
        in_force = found.in_force and found.in_force.template
        return in_force, [one.standing for one in found.versions], installation.read(templates)

    first, again, last = withdraw(old), withdraw(old), withdraw(new)

    in_force = {OWN_TUBE: as_approved(new)}
    assert first == again == (new, [Standing.APPROVED, Standing.WITHDRAWN], in_force)
    assert last == (None, [Standing.WITHDRAWN, Standing.WITHDRAWN], {})
    assert installation.read(withdrawn_templates) == {
        (OWN_TUBE, as_approved(one)) for one in versions
    }
    assert verify_record(installation).findings == ()


def test_what_waits_and_was_never_approved_is_not_withdrawn(installation, queenie, quirin):
    """Nothing is recorded of it, and the version in force stays."""
    kept = keep_template(installation, queenie, own_text(), WHY)
    approve_template(installation, quirin, OWN_TUBE)
    waiting = keep_template(installation, queenie, own_text(2), WHY)

    approve_template(installation, quirin, OWN_TUBE, holds=False, seen=waiting.sha256)
    stays = installation.read(templates)
    approve_template(installation, quirin, OWN_TUBE, holds=False)

    assert stays == {OWN_TUBE: as_approved(kept)}
    assert installation.read(withdrawn_templates) == {(OWN_TUBE, as_approved(kept))}


def test_the_own_ones_are_listed_beside_the_others(installation, queenie):
    """By name, among those that come with the program."""
    keep_template(installation, queenie, own_text(), WHY)

    known = [one.name for one in every_template(installation, queenie)]

    assert known == sorted([*TEMPLATES, OWN_TUBE])


@pytest.mark.parametrize(("name", "version"), [("own-nothing", None), (OWN_TUBE, 9)])
def test_what_was_never_kept_is_unknown(installation, queenie, name, version):
    """Neither to start from, nor to be signed."""
    keep_template(installation, queenie, own_text(), WHY)

    with pytest.raises(Unknown):
        installation.read(lambda tx: text_of(tx, name, version))


def test_a_definition_chooses_an_own_template_once_it_is_kept(installation, queenie):
    """Before, the definition is not installed."""
    text = packaged()["autologous-car-t.1"]
    text = text.replace("version: 1", "version: 2", 1)
    definition = text.replace("sample: tube-label", f"sample: {OWN_TUBE}", 1).encode()

    with pytest.raises(DataRefused, match="no label template own-tube-label is kept here"):
        install_definition(installation, queenie, definition)
    keep_template(installation, queenie, own_text(), WHY)

    assert install_definition(installation, queenie, definition).version == 2


def test_what_is_kept_reads_as_it_was_tried(installation, queenie):
    """The layout of the record is that of the text."""
    assert keep_template(installation, queenie, own_text(), WHY) == read_template(own_text())


@pytest.mark.parametrize(("version", "text"), [(None, own_text(2)), (1, own_text())])
def test_each_version_can_be_started_from(installation, queenie, version, text):
    """The newest, unless another is named."""
    keep_template(installation, queenie, own_text(), WHY)
    keep_template(installation, queenie, own_text(2), WHY)

    assert installation.read(lambda tx: text_of(tx, OWN_TUBE, version)) == text


@pytest.mark.parametrize(("name", "version"), [("nothing", None), ("tube-label", 9), ("../x", 1)])
def test_no_name_reaches_another_file(installation, name, version):
    """What is started from is a packaged template, or an own one."""
    with pytest.raises(Unknown):
        installation.read(lambda tx: text_of(tx, name, version))


def test_an_approval_that_its_author_wrote_past_the_program_is_found(installation, queenie):
    """The verifier asks of the record who kept what was approved."""
    kept = keep_template(installation, queenie, own_text(), WHY)
    told = Attestation("template", OWN_TUBE, detail=as_approved(kept))
    occasion = Occasion(queenie.person, "-", installation.clock.now())

    installation.transact(
        lambda tx: write_site_entry(tx, "approve_template", occasion, Registered((told,)))
    )

    (finding,) = verify_record(installation).findings
    assert finding.what == "approves a template that its actor kept"


def test_a_text_kept_past_the_program_under_another_layout_is_found(installation, queenie):
    """What its entry calls the layout is not that of its text."""
    told = {"name": OWN_TUBE, "version": 1, "layout": "0" * 64}
    told["hash"] = sha256(own_text().encode()).hexdigest()
    occasion = Occasion(queenie.person, "-", installation.clock.now())

    def forge(tx):
        registered = Registered(registers={"templates": [told]})
        entry = write_site_entry(tx, "keep_template", occasion, registered)
        add_template(tx, {**told, "text": own_text()}, entry.chain, entry.seq)

    installation.transact(forge)

    (finding,) = verify_record(installation).findings
    assert (finding.table, finding.what) == (
        "label_template",
        "its text declares another template",
    )


@pytest.mark.parametrize("said", ["^XZ^XA^FDx^FS", "~JA", "<b>&amp;", "]]>", "=1+1"])
def test_words_of_an_own_template_are_letters_wherever_they_are_printed(
    installation, queenie, said
):
    """Neither a command of a printer nor markup: what a printer is sent is one label."""
    text = template_text("bag-label-gs1", 1).replace("name: bag-label-gs1", "name: own-bag")
    text = text.replace("say: Chain of identity (COI)", f"say: '{said}'")

    kept = keep_template(installation, queenie, text, WHY)

    printed = sample_print(kept, "usual", 203).zpl
    assert said in {slot.say for slot in kept.slots}
    assert printed.count(b"^XA") == printed.count(b"^XZ") == 1
    assert read_zpl(printed) is not None


def test_a_next_version_begins_with_its_name_and_number(installation, queenie):
    """What comes with the program begins one of one's own; what is one's own goes on."""
    begun = installation.read(lambda tx: text_to_begin(tx, "tube-label"))
    keep_template(installation, queenie, begun, WHY)

    again = installation.read(lambda tx: text_to_begin(tx, "tube-label"))
    further = installation.read(lambda tx: text_to_begin(tx, OWN_TUBE, 1))

    assert begun == own_text()
    assert again == further == own_text(2)


def test_a_text_that_does_not_say_its_name_in_a_line_begins_as_it_is(installation, queenie):
    """Nobody guesses at a place in it."""
    text = own_text().replace(f"name: {OWN_TUBE}", f'"name": {OWN_TUBE}')
    keep_template(installation, queenie, text, WHY)

    assert installation.read(lambda tx: text_to_begin(tx, OWN_TUBE)) == text
