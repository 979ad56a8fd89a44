"""Whoever looks at the pages notices what is out of its order: each flaw is shown once."""

import pytest

from tests.browser.looking import look_at
from tests.browser.person import Person

PAGE = """<!doctype html><html lang="en"><head><title>A page</title><style>
body {{ margin: 0; font-size: 20px }} a {{ display: block; width: 300px; height: 60px }}
.turned {{ display: flex; flex-direction: column-reverse }}
.columns {{ display: grid; grid-template-columns: 1fr 1fr; grid-auto-flow: column;
  grid-template-rows: 1fr 1fr; width: 380px }} .columns a {{ width: 180px }}
</style></head><body><main><h1>A page</h1>{}</main></body></html>"""
ONE, OTHER = '<a href="#1">First</a>', '<a href="#2">Second</a>'
FLAWS = {
    "stands before it": f'<div class="turned">{ONE}{OTHER}</div>',
    "skips a level": "<h3>Too deep</h3>",
    "has 2 headings of the first level": "<h1>Another</h1>",
    "comes out of its turn": '<a href="#1" tabindex="3">First</a>',
    "is 16px": '<table><tr><th style="font-size: 16px">Small</th></tr></table>',
    "has an attribute that is none": """<p a"b="1">Broken</p>""",
}


@pytest.fixture(scope="module")
def person(chromium):
    """Somebody who looks at a page that is told to the browser."""
    context = chromium.new_context()
    yield Person.at("nobody", context)
    context.close()


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_is_noticed(person, flaw):
    """At one width at least."""
    person.page.set_content(PAGE.format(FLAWS[flaw]))

    assert any(flaw in one for one in look_at(person, "flaw", None))


def test_columns_are_read_one_after_the_other(person):
    """From the end of one to the top of the next nothing is out of order."""
    person.page.set_content(PAGE.format(f'<div class="columns">{ONE}{OTHER}{ONE}{OTHER}</div>'))

    assert look_at(person, "columns", None, telephone=True) == []
