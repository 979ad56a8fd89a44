"""One byte of an exported record that is another one is noticed, wherever it lies (TL-13)."""

import io
import json
import re
import zlib
from zipfile import BadZipFile, ZipFile

import pytest

from coi.demo.cast import PASSWORD
from coi.reports.offline import verify
from coi.services.proofs import authenticate
from coi.services.sequencing import Sequencer
from coi.services.whole_record import write_whole_record
from tests.coi.services.resealed import listed_anew
from tests.journeys.worlds import Databases, copy_of

SOME = 1_499
"""So many bytes lie between two that are tried; all of them are, where there is time."""

CARRIES_NOTHING = re.compile(rb'"after":0|"by":"first"')
"""What of a proof with one key is not signed: it was the first, and signs from the beginning on."""


@pytest.fixture(scope="module")
def packed(lives, migrated_file, tmp_path_factory):
    """The record of a therapy below a checkpoint, as it is handed out."""
    with copy_of(Databases(migrated_file), lives, tmp_path_factory.mktemp("whole")) as acting:
        Sequencer(acting.installation).run_until_empty()
        by = authenticate(acting.installation, "queenie", PASSWORD)
        yield write_whole_record(acting.installation, by, lives.cois["packed"])


@pytest.fixture(scope="module")
def files(packed):
    """Each file of it by its name."""
    return unpacked(packed)


def unpacked(packed):
    """The files of a ZIP."""
    file = ZipFile(io.BytesIO(packed))
    return {name: file.read(name) for name in file.namelist()}


def flipped(raw, place):
    """The bytes with one bit of one of them changed, each time another."""
    changed = bytearray(raw)
    changed[place] ^= 1 << place % 8
    return bytes(changed)


def is_noticed(files):
    """Tell whether something is wrong with the entries, what is told of them, or their proof."""
    try:
        entries = verify.entries_follow(files)
        reviews = verify.reviews_fit(files, entries)
        verify.record_says_the_same(files, entries, reviews)
        verify.tree_holds(files, entries, reviews)
    except verify.Wrong:
        return True
    return False


def unnoticed_in_the_list(files, every):
    """Each byte of each file that could be another one and still fit the list."""
    for name, raw in files.items():
        if name == "MANIFEST.signed":  # it is below the list, and not in it
            continue
        alone = {"MANIFEST.sha256": line_of(files, name), name: raw}
        for place in range(0, len(raw), every):
            try:
                verify.files_are_whole({**alone, name: flipped(raw, place)})
            except verify.Wrong:
                continue
            yield name, place


def line_of(files, name):
    """What the list says of one file; of itself it says all."""
    lines = files["MANIFEST.sha256"].splitlines(keepends=True)
    return b"".join(one for one in lines if one.endswith(f"  {name}\n".encode()))


def unnoticed_in_what_is_signed(files, every):
    """Each byte of an entry or of the proof that could be another one, with a list that fits."""
    for name, raw in files.items():
        if name.startswith("entries/") or name == "proofs/proof.json":
            nothing = [found.span() for found in CARRIES_NOTHING.finditer(raw)]
            for place in (*range(len(name) % every, len(raw), every), len(raw) - 1):
                if not is_noticed({**files, name: flipped(raw, place)}) and not any(
                    begin <= place < end for begin, end in nothing
                ):
                    yield name, place


def test_what_is_not_changed_is_not_noticed(files):
    """Else the tests below would say nothing."""
    verify.files_are_whole(files)
    assert not is_noticed(files)


def test_a_changed_byte_does_not_fit_the_list(files):
    """Of some bytes of each file."""
    assert [*unnoticed_in_the_list(files, SOME)] == []


def test_a_changed_byte_of_the_list_fits_no_file(files):
    """Whichever of its own bytes it is."""
    raw = files["MANIFEST.sha256"]
    for place in range(0, len(raw), 61):
        with pytest.raises(verify.Wrong):
            verify.files_are_whole({**files, "MANIFEST.sha256": flipped(raw, place)})


def test_a_changed_byte_of_the_signature_of_the_list_is_none(files):
    """Whichever it is; where it is taken away, nobody has signed the list."""
    entries = verify.entries_follow(files)
    reviews = verify.reviews_fit(files, entries)
    raw = files["MANIFEST.signed"]
    for place in range(0, len(raw), 7):
        changed = {**files, "MANIFEST.signed": flipped(raw, place)}
        with pytest.raises(verify.Wrong):
            verify.tree_holds(changed, entries, reviews)


def test_a_changed_byte_of_what_is_signed_is_noticed_by_what_was_signed(files):
    """Also where whoever changed it made a list that fits."""
    assert [*unnoticed_in_what_is_signed(files, 401)] == []


def test_a_changed_byte_of_the_file_is_noticed_or_changes_nothing(packed, files):
    """It cannot be unpacked, or holds another file; or a time changed that nobody reads."""
    for place in range(0, len(packed), SOME):
        try:
            found = unpacked(flipped(packed, place))
        except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
            continue
        if found != files:
            with pytest.raises(verify.Wrong):
                verify.files_are_whole(found)


def test_a_record_that_says_more_than_its_entries_is_noticed_with_a_list_that_fits(files):
    """What is told of an entry is what the entry says, whichever member it is."""
    record = json.loads(files["record.json"])
    for name in ("hash", "content_hash", "kind", "recorded_at", "happened_at", "entry", "content"):
        told = json.loads(json.dumps(record))
        told["entries"][-1][name] = "x"
        changed = listed_anew({**files, "record.json": json.dumps(told).encode()})
        assert is_noticed(changed), name


@pytest.mark.soak
def test_every_changed_byte_is_noticed(files):
    """All of them (TL-13)."""
    assert [*unnoticed_in_the_list(files, 1)] == []
    assert [*unnoticed_in_what_is_signed(files, 1)] == []
