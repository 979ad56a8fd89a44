"""The packaged definitions are found by name and version, and loaded once."""

import hashlib

import pytest

from coi import definitions
from coi.definitions import DefinitionRefused, packaged, packaged_workflow, proven
from coi.errors import Unknown
from tests.workflows.small import KNOWN, SMALL


def test_the_text_is_the_files_bytes():
    """The hash of a packaged workflow is that of its file."""
    text = packaged()["autologous-car-t.1"]

    digest = hashlib.sha256(text.encode()).hexdigest()

    assert packaged_workflow("autologous-car-t.1").hash == digest


def test_without_a_version_the_newest_is_meant(monkeypatch):
    """Version 10 is newer than version 9."""
    versions = {f"small.{n}": SMALL.replace("version: 2", f"version: {n}") for n in (9, 10)}
    monkeypatch.setattr(definitions, "packaged", lambda: versions)
    monkeypatch.setattr(definitions, "GUARDS", KNOWN)

    assert packaged_workflow.__wrapped__("small").version == 10
    assert packaged_workflow.__wrapped__("small.9").version == 9


def test_an_unknown_name_is_refused():
    """A name that is not packaged is unknown, and so is a part of a name."""
    with pytest.raises(Unknown):
        packaged_workflow("autologous")


def test_bytes_that_are_no_text_are_refused_at_their_line():
    """A file in another encoding is named with the line where it shows."""
    with pytest.raises(DefinitionRefused) as refused:
        proven("my.yaml", b"title: a\ntitle: \xe9\n")

    assert str(refused.value.problems[0]) == (
        "line 2, the definition: is not UTF-8 text. Save it as UTF-8."
    )


def test_a_refused_definition_lists_its_problems():
    """The sentence names the file and every problem in it."""
    with pytest.raises(DefinitionRefused) as refused:
        proven("my.yaml", b"title: 7\n")

    assert refused.value.sentence.startswith("my.yaml cannot be used, because of 5 problem(s):\n")
    assert "  line 1, title: is not a text." in refused.value.sentence


NUMBERED = packaged()["autologous-car-t.1"]


@pytest.mark.parametrize(
    ("number", "refused"),
    [
        ("gtin: {product: '09521234543213'}", ""),
        ("isbt_product: {product: S1234V}", ""),
        ("gtin: {product: '09521234543214'}", "product.gtin.product: is no such number"),
        ("gtin: {product: 9521234543213}", "product.gtin.product: is no such number"),
        ("gtin: {product: ['09521234543213']}", "product.gtin.product: is no such number"),
        ("gtin: '09521234543213'", "product.gtin: is no mapping"),
        ("isbt_product: {product: S1234}", "product.isbt_product.product: is no such number"),
        ("isbt_product: {product: 's1234v'}", "product.isbt_product.product: is no such number"),
    ],
)
def test_a_number_by_which_nothing_could_be_printed_is_refused(number, refused):
    """With its line, when the definition is checked, and not when a bag waits for its label."""
    text = NUMBERED.replace("  contents:\n", f"  {number}\n  contents:\n", 1)

    if not refused:
        assert proven("my.yaml", text.encode()).product["contents"]
        return
    with pytest.raises(DefinitionRefused) as caught:
        proven("my.yaml", text.encode())

    (problem,) = caught.value.problems
    assert f"line {text[: text.index(number)].count(chr(10)) + 1}, {refused}" in str(problem)
