"""The pages of a therapy's labels ask as often for many labels as for few."""

import pytest

from coi.services.label_ledger import label_ledger
from tests.plans import heard

FEW, MANY = "packed", "positive after infusion"


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
    assert numbers[0] == numbers[1]
