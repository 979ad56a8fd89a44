"""What the documents show as identifiers can be typed in: each has its right check character."""

import re
from pathlib import Path

import pytest

from labels.identifiers import parse_code

ROOT = Path(__file__).parents[2]
SHOWN = re.compile(r"(?:[BWLSXCP]-)?TEST-[0-9A-Z]{8}-[0-9A-Z]\b")
EXAMPLES = sorted(
    {
        (document.name, code)
        for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
        for code in SHOWN.findall(document.read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize(("document", "code"), EXAMPLES)
def test_an_identifier_in_a_document_is_one(document, code):
    """Whoever copies it from the document gets no refusal for its check character."""
    assert parse_code(code).text == code, document
