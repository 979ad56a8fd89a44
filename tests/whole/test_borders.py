"""Arrows go one way: the parts import only what the design allows them."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.whole.borders import PARTS, broken_borders

ROOT = Path(__file__).parents[2]

FORGED = [
    ("workflows.engine", "import coi", "workflows imports coi"),
    ("workflows.engine", "from coi.clock import Clock", "workflows imports coi.clock"),
    ("workflows.engine", "from coi import clock", "workflows imports coi.clock"),
    ("workflows.engine", "import labels.symbols", "workflows imports labels"),
    ("labels.symbols", "from workflows import decide", "labels imports workflows"),
    ("workflows.engine", "import flask", "workflows imports flask"),
    ("labels.symbols", "from sqlalchemy.orm import Session", "labels imports sqlalchemy"),
    ("labels.symbols", "import click as c", "labels imports click"),
    ("workflows", "from datetime import datetime\ndatetime.now()", "uses datetime.datetime.now"),
    ("workflows", "import datetime as d\nd.datetime.utcnow()", "uses datetime.datetime.utcnow"),
    ("workflows", "from datetime import date\ntoday = date.today", "uses datetime.date.today"),
    ("labels.pdf", "import time\ntime.time()", "uses time.time"),
    ("labels.pdf", "from time import time as tick\ntick()", "uses time.time"),
    ("labels.pdf", "import os\nos.environ['A']", "uses os.environ"),
    ("labels.pdf", "from os import getenv\ngetenv('A')", "uses os.getenv"),
    ("labels.pdf", "with open('a') as file: pass", "uses open"),
    ("coi.reports.batch", "from coi.clock import rfc3339", "coi.reports imports coi.clock"),
    ("coi.interop.fhir", "import coi.errors", "coi.interop imports coi.errors"),
    ("coi.services.custody", "import sqlalchemy as sa", "coi.services imports sqlalchemy"),
    ("coi.ledger.adapter", "from alembic import op", "coi.ledger imports alembic"),
    ("coi.services.custody", "import sqlite3", "coi.services imports sqlite3"),
    ("coi.services.custody", "from coi.cli import main", "coi.services imports coi.cli"),
    ("coi.store.tables", "from coi.services import custody", "coi.store imports coi.services"),
    ("coi.store.tables", "import labels", "coi.store imports labels"),
    ("coi.ledger.tree", "from coi.store import tables", "coi.ledger imports coi.store"),
    ("coi.ledger.tree", "import yaml", "coi.ledger imports yaml"),
    ("coi.ledger.tree", "import sqlite3", "coi.ledger imports sqlite3"),
    ("coi.cli.main", "from coi.store import tables", "coi.cli imports coi.store"),
    ("coi.cli.main", "def f():\n    from coi.store import tables", "coi.cli imports coi.store"),
    ("coi.web.pages", "import click", "coi.web imports click"),
    ("coi.errors", "from workflows.refusal import Refusal", "coi.errors imports workflows"),
    ("coi.clock", "from coi.settings import Settings", "coi.clock imports coi.settings"),
    ("coi.services.custody", "from . import release", "imports by a relative name"),
    ("coi.services.custody", "def f():\n    import json", "imports json inside f"),
    ("coi.services.custody", "import importlib as i\ni.import_module('a')", "imports by importlib"),
    ("coi.services.custody", "__import__('a')", "imports by __import__"),
    (
        "coi.errors",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import coi.store",
        "coi.errors imports coi.store",
    ),
    ("coi.newcomer.module", "", "has no row"),
]

WELCOME = [
    ("workflows.engine", "from workflows.refusal import Refusal\nimport yaml"),
    ("labels.symbols", "from datetime import date, datetime\nimport zxingcpp"),
    ("labels.pdf", "def f(file, text):\n    file.open()\n    text.now()"),
    ("coi.ledger.tree", "import hashlib\nfrom cryptography.hazmat import primitives"),
    ("coi.ledger.entry", "from coi.clock import rfc3339\nfrom workflows import engine"),
    ("coi.store.engine", "import sqlalchemy\nfrom coi.ledger import tree\nimport coi.settings"),
    ("coi.reports.batch", "from reportlab.pdfgen import canvas\nimport labels"),
    ("coi.services.custody", "from coi.store import tables\nfrom coi.services import release"),
    ("coi.cli.main", "import click\ndef f():\n    from coi.services import custody"),
    ("coi.clock", "from datetime import datetime\ndatetime.now()"),
]


def modules_of_the_product():
    """Return the full name and the file of every module in the three packages."""
    for package in ("coi", "labels", "workflows"):
        for file in sorted((ROOT / package).rglob("*.py")):
            names = file.relative_to(ROOT).with_suffix("").parts
            yield ".".join(names).removesuffix(".__init__"), file


def test_no_border_is_broken():
    """Every module of the product keeps to the row of its part."""
    modules = dict(modules_of_the_product())

    broken = [
        sentence
        for name, file in modules.items()
        for sentence in broken_borders(name, file.read_text(encoding="utf-8"))
    ]

    assert {"coi.errors", "coi", "labels", "workflows"} <= set(modules)
    assert broken == []


def test_the_rows_themselves_make_no_circle():
    """The table of borders allows no two parts to import each other, by any way around."""
    order = list(TopologicalSorter(PARTS).static_order())

    assert set(order) == set(PARTS)
    assert order.index("workflows") < order.index("coi.store") < order.index("coi.cli")


@pytest.mark.parametrize(("name", "source", "sentence"), FORGED)
def test_a_forged_module_is_reported(name, source, sentence):
    """Each border is watched: a module that breaks it is named, with what it did."""
    broken = broken_borders(name, source)

    assert any(sentence in report and report.startswith(name) for report in broken)


@pytest.mark.parametrize(("name", "source"), WELCOME)
def test_a_module_within_its_borders_is_welcome(name, source):
    """The watch does not cry wolf."""
    assert broken_borders(name, source) == []


OF_PYTHON = {
    "tests/faults/handing_over.py",
    "tests/faults/test_power_cuts.py",
    "tests/mutation/judging.py",
    "tests/store/conftest.py",
    "tests/store/doors.py",
    "tests/store/test_engine.py",
}
"""Tests that need Python's own SQLite: a bare prompt, the older mode of writing, a schema alone."""


def test_no_test_opens_a_record_by_a_second_sqlite_library():
    """Two of them in one process take away each other's locks, and a reading thread its memory."""
    opened = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "tests").rglob("*.py")
        if re.search(r"^\s*(import|from) sqlite3\b", file.read_text("utf-8"), re.MULTILINE)
    }

    assert opened == OF_PYTHON
