"""Can the whole record of a therapy, as a file, still be read by whoever has only the file?

It is checked by the program that lies in it, and each of its forms is opened: the record as JSON,
the tables, the page, and the paper. What was written long ago shows here whether it still opens.
"""

import csv
import io
import json
from argparse import Namespace
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

import pypdfium2

from coi.reports.offline import verify
from labels.raster import READING


class Unreadable(Exception):
    """A file, or a part of it, cannot be read; the message says which, and why."""


def read_back(packed: bytes, coi: str) -> str:
    """Open each part of an exported record; returns what the program that lies in it says.

    Raises:
        Unreadable: a part cannot be opened, is of another therapy, or does not hold.
    """
    with TemporaryDirectory(prefix="coi-archive-") as name:
        folder = Path(name)
        try:
            ZipFile(io.BytesIO(packed)).extractall(folder)
        except BadZipFile as fault:
            raise Unreadable("the file is no ZIP") from fault
        said = _verified(folder)
        entries = _json_opens(folder, coi)
        _tables_open(folder, entries)
        _page_opens(folder, coi)
        _paper_opens(folder, coi)
    return said


def _verified(folder: Path) -> str:
    try:
        return " ".join(verify.answer_to(Namespace(folder=folder, key=[], digest=[], document=[])))
    except verify.Wrong as fault:
        raise Unreadable(f"{fault.place} {fault.what}") from fault
    except verify.NotChecked as fault:
        raise Unreadable(str(fault)) from fault


def _json_opens(folder: Path, coi: str) -> int:
    """Returns how many entries it tells."""
    record = json.loads((folder / verify.RECORD).read_bytes())
    if record["coi"] != coi:
        raise Unreadable(f"{verify.RECORD} is of another therapy")
    return len(record["entries"])


def _tables_open(folder: Path, entries: int) -> None:
    """Each has as many cells in a row as headings; that of the entries tells all of them."""
    counted = {}
    for file in sorted(folder.glob("*.csv")):
        headings, *rows = csv.reader(io.StringIO(file.read_text("utf-8-sig"), newline=""))
        if any(len(row) != len(headings) for row in rows):
            raise Unreadable(f"{file.name} has a row of another length than its headings")
        counted[file.name] = len(rows)
    if counted.get("entries.csv") != entries:
        raise Unreadable("entries.csv tells other entries than there are")


class _Letters(HTMLParser):
    """What a browser would show of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


def _page_opens(folder: Path, coi: str) -> None:
    letters = _Letters()
    letters.feed((folder / "index.html").read_text("utf-8"))
    if coi not in "".join(letters.shown):
        raise Unreadable("index.html does not tell of this therapy")


def _paper_opens(folder: Path, coi: str) -> None:
    with READING:  # PDFium reads one page at a time, whichever thread asks
        told = _text_of((folder / "custody.pdf").read_bytes())
    if coi not in told:
        raise Unreadable("custody.pdf does not tell of this therapy")


def _text_of(pdf: bytes) -> str:
    try:
        paper = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as fault:
        raise Unreadable("custody.pdf cannot be opened") from fault
    try:
        return "".join(page.get_textpage().get_text_range() for page in paper)
    finally:
        paper.close()
