"""The pages of a therapy's labels ask as often for many labels as for few."""

import pytest

from coi.services.label_ledger import label_ledger
from coi.services.record_beside import documents_of
from coi.services.therapies import view
from tests.plans import heard

FEW, MANY = "packed", "positive after infusion"
OF_A_RELEASE = 7
"""Of a therapy in which a lot was released once: its review, and who stood in for whom then."""


@pytest.fixture
def asked(someone, lives, installation):
    """Say how often a page of a life asks the database, by a method, once it was open before."""
    carla = someone("carla")

    def of(life, open_page):
        with heard(installation.engine) as sent:
            assert open_page(carla, f"/therapies/{lives.cois[life]}").status_code == 200
        return len(sent)

    return of


def show(tail):
    """Open a page of a therapy."""
    return lambda browser, therapy: browser.get(f"{therapy}/{tail}")


def print_reconciliation(browser, therapy):
    """Print every label of a therapy, and how they add up."""
    return browser.send(f"{therapy}/label-reconciliation", f"{therapy}/labels")


@pytest.mark.parametrize(
    "open_page",
    [show("printing"), show("labels"), print_reconciliation],
    ids=["printing", "labels", "reconciliation"],
)
def test_a_page_of_labels_asks_no_more_often_for_many(asked, lives, open_page):
    """What became of each, and what is not on it, is read of all at once."""
    by = (lives.performer.installation, lives.performer.proven["carla"])
    few, many = (label_ledger(*by, lives.cois[life]).issued for life in (FEW, MANY))
    asked("handed to the courier", open_page)

    numbers = asked(FEW, open_page), asked(MANY, open_page)

    assert few < many
    assert 0 <= numbers[1] - numbers[0] <= OF_A_RELEASE


def test_what_was_made_of_a_therapy_is_looked_for_of_all_its_labels_at_once(
    someone, lives, installation
):
    """Once for the first copies, and once more where there are any; and once for the wristbands."""

    def looked_for(life):
        shown = installation.read(lambda tx: view(tx, installation, lives.cois[life]))
        with heard(installation.engine) as sent:
            found = installation.read(lambda tx: documents_of(tx, shown))
        return [one.kind for one in found], len(sent)

    before = looked_for(FEW), looked_for(MANY)
    print_reconciliation(someone("carla"), f"/therapies/{lives.cois[MANY]}")

    assert before == (([], 2), ([], 2))
    assert looked_for(MANY) == (["label_reconciliation"], 3)
