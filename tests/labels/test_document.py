"""docs/labels.md says what is: each template with its size, each statement, and an example."""

import re
from pathlib import Path

from labels.template_reader import read_template
from labels.templates import TEMPLATES
from tests.labels.builders import a_full_label

DOCUMENT = (Path(__file__).parents[2] / "docs" / "labels.md").read_text(encoding="utf-8")


def test_every_template_is_told_with_its_size():
    """Name and millimetres stand in the table, and no template that there is not."""
    rows = re.findall(
        r"^\| `([a-z0-9-]+)` \| [^|]+ \| ([\d.]+) . ([\d.]+) \|", DOCUMENT, re.MULTILINE
    )

    told = {name: (float(width), float(height)) for name, width, height in rows}
    assert told == {t.name: (t.width_mm, t.height_mm) for t in TEMPLATES.values()}


def test_every_statement_is_told():
    """Whatever a label of a container is to say when something holds has its row."""
    known = a_full_label("bag-label-100x100").texts
    statements = {
        slot.when for t in TEMPLATES.values() for slot in t.slots if known.get(slot.when) == "yes"
    }

    assert statements
    assert {name for name in statements if f"| `{name}` |" not in DOCUMENT} == set()


def test_its_example_is_a_template():
    """Whoever copies it has one that is read."""
    _before, example, _after = DOCUMENT.split("```", 2)

    template = read_template(example)

    assert (template.name, template.accompanying) == ("shelf", ("contact",))
