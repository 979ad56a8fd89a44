"""The labels of a therapy on their page: where each is, what is open, and what is done about it."""

import pytest

from coi.demo.cast import PASSWORD
from coi.services.labelling import NotPrinted, bag_label_pdf, newest_serial
from coi.services.therapies import look
from tests.coi.web.steps import form_on, put


@pytest.fixture
def coi(lives):
    """A therapy whose cells have come to the cell laboratory."""
    return lives.cois["mixed up"]


@pytest.fixture
def leo(someone):
    """The browser of the laboratory, which has the bags in hand."""
    browser = someone("leo")
    browser.send("/unit", page="/", unit="north-lab")
    return browser


@pytest.fixture
def serial(performer, coi):
    """The label of a bag that the laboratory has in hand."""
    view = look(performer.installation, coi)
    held = (one for one in view.subjects.values() if one.position.holder == "north-lab")
    bag = next(one.id for one in held if one.machine == "material")
    return newest_serial(performer.installation, bag)


@pytest.fixture
def bag(leo, coi, serial):
    """The bag in hand: who has it, of which therapy, with which label."""
    return leo, coi, serial


def sent(browser, coi, serial, way, *usernames, **changed):
    """Send the form of a deed, filled in and signed by these people."""
    path = f"/therapies/{coi}/labels/{serial}/{way}"
    form = form_on(browser.get(path).text)
    for n, username in enumerate(usernames, start=1):
        form[f"signer-{n}-username"], form[f"signer-{n}-password"] = username, PASSWORD
    put(form, changed)
    return browser.client.post(path, data=form)


def test_every_label_stands_on_the_page_with_where_it_is(leo, coi, serial):
    """And what can be done with it is one press away."""
    page = leo.get(f"/therapies/{coi}/labels").text

    assert serial in page
    assert "not accounted for" in page or "Every label is accounted for" in page
    assert f"/therapies/{coi}/labels/{serial}/anew" in page


def test_a_torn_label_is_printed_anew_and_its_piece_destroyed(leo, coi, serial):
    """What was done, by whom and why stands there; the dead one is open until then (LB-05)."""
    anew = sent(leo, coi, serial, "anew", "leo", reason="It tore")
    between = leo.get(f"/therapies/{coi}/labels").text
    gone = sent(leo, coi, serial, "destroyed", "leo", "lena", pieces="1")

    after = leo.get(f"/therapies/{coi}/labels").text
    assert (anew.status_code, gone.status_code) == (303, 303)
    assert f'<li><a href="#{serial}">{serial}</a></li>' in between
    assert f'<li><a href="#{serial}">{serial}</a></li>' not in after
    assert "It tore" in after


def test_a_bag_without_a_label_is_told_though_every_piece_is_accounted_for(leo, coi, serial):
    """Its last one is destroyed, and none came in its place: whoever reads the list prints one."""
    before = leo.get(f"/therapies/{coi}/labels").text
    sent(leo, coi, serial, "void", reason="It tore")
    sent(leo, coi, serial, "destroyed", "leo", "lena", pieces="1")
    without = leo.get(f"/therapies/{coi}/labels").text
    sent(leo, coi, serial, "anew", "leo", reason="It tore")

    after = leo.get(f"/therapies/{coi}/labels").text

    told = "It carries no label: print it anew"
    assert [text.count(told) for text in (before, without, after)] == [0, 1, 0]


@pytest.mark.parametrize(
    ("tried", "status", "told"),
    [
        (("void", {"reason": ""}), 409, "REASON_MISSING"),
        (("destroyed", {"pieces": "1"}, "leo", "lena"), 409, "LABEL_IS_NOT_VOID"),
        (("destroyed", {"pieces": "two"}, "leo", "lena"), 422, "is no number"),
        (("anew", {"reason": "It tore"}, "omar"), 422, "signer-1-username-wrong"),
        (("scan", {"codes": "nonsense"}), 409, "LABEL_NOT_READ"),
    ],
)
def test_what_cannot_be_done_is_told_with_what_was_typed(bag, tried, status, told):
    """Nothing is lost but the passwords."""
    way, changed, *usernames = tried

    answer = sent(*bag, way, *usernames, **changed)

    assert answer.status_code == status
    assert told in answer.text
    assert all(text in answer.text for text in changed.values())


@pytest.mark.parametrize("path", ["B-NONE/void", "{serial}/burn"])
def test_a_label_or_a_way_that_is_not_there_is_not_found(leo, coi, serial, path):
    """As an unknown page."""
    answer = leo.get(f"/therapies/{coi}/labels/{path.format(serial=serial)}")

    assert answer.status_code == 404


def test_a_void_label_is_drawn_no_more(performer, leo, coi, serial):
    """Nobody gets another piece of what is dead."""
    sent(leo, coi, serial, "void", reason="Nobody knows how often it was printed")

    with pytest.raises(NotPrinted, match="void"):
        bag_label_pdf(performer.installation, serial)
