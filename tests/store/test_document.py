"""docs/store.md lists every forgery that the tests try, with what refuses it."""

from tests.store.document import DOCUMENT, with_table


def test_the_table_of_forgeries_is_current() -> None:
    """The document's table is the one that the attack matrix would write now."""
    text = DOCUMENT.read_text(encoding="utf-8")

    assert with_table(text) == text, "run: python -m tests.store.document"
