"""What documents print of the tree is compared with it, whoever rewrote the record since."""

import pytest

from coi.clock import parse_rfc3339
from coi.errors import DataRefused
from coi.services.digests import printed_tree, read_digest, wrong_digests
from coi.services.sequencing import Sequencer
from coi.services.verifying import verify_record
from coi.store import tree
from tests.coi.services.test_anchoring import grown


def printed(installation):
    """What a document would print now."""
    return installation.read(printed_tree)


def differing(installation, *texts):
    """What is wrong with these digests."""
    digests = [read_digest(text) for text in texts]
    return installation.read(lambda tx: [*wrong_digests(tx, digests)])


def test_what_is_printed_fits_now_and_later(begun):
    """As it is typed, and as it is scanned (TL-10)."""
    Sequencer(begun).run_until_empty()
    now = printed(begun)

    assert now.until == parse_rfc3339(begun.read(tree.covered_until))
    assert differing(begun, now.digest, now.payload) == []
    assert verify_record(begun, digests=[read_digest(now.digest)]).holds


def test_nothing_is_printed_before_anything_is_signed(clinic):
    """Nor of a record that is about to be signed."""
    assert printed(clinic.installation) is None


def rewritten(clinic, monkeypatch):
    """The digests of three moments, of a record of which the entry behind the first was changed."""
    installation, texts = clinic.installation, []
    for name in ("queenie", "quinn", "quentin"):
        grown(clinic, name)
        texts.append(printed(installation).digest)
    first = read_digest(texts[0]).size

    def other_nodes(connection):
        node = stored(connection)

        def changed(level, number):
            is_touched = (number << level) <= first < (number + 1 << level)
            return bytes(32) if is_touched else node(level, number)

        return changed

    stored = tree.nodes_of
    monkeypatch.setattr(tree, "nodes_of", other_nodes)
    return texts


def test_a_record_that_was_written_anew_does_not_match_and_the_first_that_differs_is_named(
    clinic, monkeypatch
):
    """Whoever has several prints learns between which of them it happened."""
    first, second, third = rewritten(clinic, monkeypatch)

    found = differing(clinic.installation, third, first, second)

    sizes = [read_digest(one).size for one in (first, second, third)]
    assert [digest.size for digest, _what in found] == sizes[1:]
    told = f"the first {sizes[1]} entries are not those that were printed; the first {sizes[0]} are"
    assert found[0][1] == told


def test_a_record_that_is_shorter_than_what_was_printed_is_told(clinic):
    """It was put back."""
    grown(clinic)
    now = printed(clinic.installation)

    ((_digest, what),) = differing(clinic.installation, f"{now.size + 1}/{now.root}")

    assert what == f"{now.size + 1} entries were printed, and there are {now.size}"


@pytest.mark.parametrize(
    "text", ["", "1204", "0/" + "a" * 16, "1204/" + "a" * 15, "1/" + "g" * 16, "-1/" + "a" * 16]
)
def test_what_is_no_digest_is_refused_with_how_it_is_written(text):
    """Before anything is verified."""
    with pytest.raises(DataRefused, match="1204/e20563c19e33678c"):
        read_digest(text)
