"""A template is known by name, version and hash; whoever changes it gives it a new version."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from labels.bag_label import bag_label
from labels.layout import DOTS_PER_MM
from labels.proof import proven
from labels.template_checks import faults
from labels.template_reader import read_template
from labels.templates import TEMPLATES, every_version, template_text, version_with
from tests.labels.builders import a_bag_label, a_full_label

PUBLISHED = json.loads(
    (Path(__file__).parent / "vectors" / "templates.json").read_text(encoding="utf-8"),
)
ALL = pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda template: template.name)


@ALL
def test_its_hash_is_the_published_one(template):
    """A layout that differs from the published one needs a new version and a new line there."""
    assert PUBLISHED[template.name][str(template.version)] == template.sha256


@ALL
def test_its_file_is_called_as_it_is(template):
    """Name and version in the text are those of the file."""
    kept = template_text(template.name, template.version)

    assert read_template(kept) == template == TEMPLATES[template.name]


@ALL
def test_any_change_changes_the_hash(template):
    """A moved field, another wording or another version is another template."""
    first, *rest = template.slots
    symbol, *symbols = template.symbols
    changed = [
        replace(template, version=template.version + 1),
        replace(template, slots=(replace(first, x_mm=first.x_mm + 0.1), *rest)),
        replace(template, slots=(replace(first, say="Other"), *rest)),
        replace(template, symbols=(replace(symbol, module_mm=5), *symbols)),
        replace(template, required=(*template.required, "other")),
    ]

    assert len({template.sha256, *(other.sha256 for other in changed)}) == 6


@ALL
def test_it_is_sound(template):
    """Nothing overlaps, nothing leaves the label, every module is whole dots of every printer."""
    assert list(faults(template)) == []


@pytest.mark.parametrize("resolution", DOTS_PER_MM)
@ALL
def test_it_is_read_back_with_every_line_used(template, resolution):
    """With all that it can say it is drawn, read and found right, for printers of each sort."""
    label = proven(a_full_label(template.name), resolution)

    assert label.template_sha256 == template.sha256
    assert label.pdf.startswith(b"%PDF-")


@pytest.mark.parametrize("name", ["bag-label", "shipper-label", "tie-tag", "bag-label-51x25"])
def test_every_container_says_for_whom_it_is(name):
    """FOR AUTOLOGOUS USE ONLY stands on every label of a container (21 CFR 1271.90(c))."""
    template = TEMPLATES[name]

    assert "autologous" in template.required
    assert "FOR AUTOLOGOUS USE ONLY" in {slot.say for slot in template.slots}


@pytest.mark.parametrize("name", ["shipper-label", "in-process-label", "tube-label"])
def test_what_strangers_see_has_no_place_for_the_patient(name):
    """A shipment, and what goes through a laboratory, can show no name and no number."""
    template = TEMPLATES[name]

    assert not {"patient_name", "birth_date", "record_number"} & template.fields


def test_an_old_version_is_found_by_its_hash_and_draws_its_labels():
    """A label that names its template is drawn by no other one."""
    newest, oldest = every_version("tube-label")[0], every_version("tube-label")[-1]

    found = version_with(oldest.sha256)

    assert (oldest.version, newest) == (1, TEMPLATES["tube-label"])
    assert found == oldest
    assert bag_label(a_bag_label(template=found)).template == oldest
    assert version_with("0" * 64) is None


def test_templates_cannot_be_replaced():
    """The table of templates is fixed while the program runs."""
    with pytest.raises(TypeError):
        TEMPLATES["bag-label"] = TEMPLATES["wristband"]  # type: ignore[index]


def test_no_other_file_is_read_as_a_template():
    """A name leads to a template of the folder, or to none."""
    with pytest.raises(KeyError):
        template_text("../fonts/LICENSE-DejaVu", 1)
