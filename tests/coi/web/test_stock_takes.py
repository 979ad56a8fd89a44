"""A freezer is counted label by label, and what differs from the record is told to its therapy."""

from dataclasses import dataclass, replace

import pytest

from coi.demo.cast import PASSWORD
from coi.demo.performer import Performer, Wish
from coi.errors import Refused, Unknown
from coi.services.exceptions import exceptions_of
from coi.services.places import register_place
from coi.services.proofs import Signer
from coi.services.scanning import TYPED, Code
from coi.services.stock_closing import STOCK_COUNTED, CloseStockTake, close_stock_take, outcome
from coi.services.stock_takes import (
    WHOLE_UNIT,
    StockTakeClosed,
    begin_stock_take,
    counting,
    scan_stock,
)
from coi.services.therapies import look
from coi.services.verifying import verify_record
from coi.store import stock
from coi.store.entries import entry_text
from coi.store.facts import head
from tests.coi.reports.pages import text_of
from tests.coi.web.steps import form_on, put
from workflows.stock import Finding

LAB = "north-lab"


@dataclass
class Freezer:
    """A shelf of the laboratory, what lies on it by the record, and who counts it."""

    performer: Performer
    shelf: str
    cois: dict[str, str]

    def label(self, life, number):
        """The label of a bag of a therapy."""
        coi = self.cois[life]
        return look(self.performer.installation, coi).labels[f"{coi}/7.{number}"][-1]

    def put(self, life, number, place):
        """Tell the record where a bag is."""
        coi = self.cois[life]
        self.performer.do(coi, "relocate", Wish(on=(f"{coi}/7.{number}",), values={"place": place}))

    def begin(self, place="", key="one"):
        """Begin a stock-take of the shelf, or of another place."""
        leo = self.performer.proven["leo"]
        return begin_stock_take(self.performer.installation, leo, LAB, place or self.shelf, key=key)

    def scan(self, take, raw, who="leo", how="scanned"):
        """What a scan is found to be."""
        by = self.performer.proven[who]
        return scan_stock(self.performer.installation, by, take, Code(raw, how)).finding

    def close(self, take, who="leo", key="close"):
        """Sign the result as it is."""
        by, installation = self.performer.proven[who], self.performer.installation
        signers = (Signer(by, STOCK_COUNTED.meaning),)
        wanted = CloseStockTake(take, key, outcome(installation, by, take).shown)
        close_stock_take(installation, wanted, by, signers)

    def found(self, take):
        """How many things were found so."""
        by = self.performer.proven["leo"]
        return dict(outcome(self.performer.installation, by, take).counts)

    def told(self, life):
        """What the exceptions of a therapy say of stock-takes, with their class."""
        every = exceptions_of(look(self.performer.installation, self.cois[life]))
        return [(one.of_class, one.on, one.seen) for one in every if "Stock-take" in one.seen]


@pytest.fixture
def freezer(performer, lives):
    """Two bags on one shelf, one on another, and one of which no place is on record."""
    leo = performer.proven["leo"]
    shelf = register_place(performer.installation, leo, LAB, "Freezer 2, shelf 3", key="shelf")
    found = Freezer(performer, shelf, dict(lives.cois))
    found.put("mixed up", 1, shelf)
    found.put("mixed up", 2, "Freezer 2, shelf 3")
    found.put("mixed up", 3, "Freezer 9")
    return found


def test_each_scan_is_compared_with_the_record(freezer):
    """Here, elsewhere, without a place, on its way, destroyed, or no code at all."""
    take = freezer.begin()

    found = [
        freezer.scan(take, freezer.label("mixed up", 1)),
        freezer.scan(take, freezer.label("mixed up", 3)),
        freezer.scan(take, freezer.label("a bag on hold", 3)),
        freezer.scan(take, freezer.label("handed to the courier", 1)),
        freezer.scan(take, freezer.label("a bag on hold", 1)),
        freezer.scan(take, "what is no code of ours"),
    ]

    assert found == [
        *(Finding.FOUND, Finding.ELSEWHERE, Finding.UNPLACED),
        *(Finding.NOT_HERE, Finding.NOT_HERE, Finding.UNKNOWN),
    ]


def test_a_label_counts_once(freezer):
    """Who scans it again is told so."""
    take, label = freezer.begin(), freezer.label("mixed up", 1)
    by = freezer.performer.proven["leo"]
    freezer.scan(take, label)

    again = scan_stock(freezer.performer.installation, by, take, Code(label))

    assert again.again
    assert freezer.found(take)[Finding.FOUND] == 1


def test_another_site_s_bag_answers_as_what_nobody_knows(freezer):
    """Its therapy is told of it all the same; the entry of this site names no therapy."""
    take = freezer.begin()
    told = freezer.scan(take, freezer.label("copied from paper", 1))

    freezer.close(take)

    installation = freezer.performer.installation
    last = installation.read(lambda tx: head(tx, "site:north")).seq
    text = installation.read(lambda tx: entry_text(tx, "site:north", last)[1])
    assert told is Finding.UNKNOWN
    assert freezer.found(take)[Finding.UNKNOWN] == 1
    assert freezer.cois["copied from paper"] not in str(text)
    assert [one[0] for one in freezer.told("copied from paper")] == ["major"]


def test_whoever_types_another_s_serial_tells_nobody(freezer):
    """They need not have the bag before them."""
    take = freezer.begin()
    freezer.scan(take, freezer.label("copied from paper", 1), how=TYPED)

    freezer.close(take)

    assert freezer.told("copied from paper") == []


def test_what_was_typed_and_is_scanned_then_is_told(freezer):
    """The scanner was tried again: now the bag is there. It counts once, whatever is typed then."""
    take, serial = freezer.begin(), freezer.label("copied from paper", 1)
    for how in (TYPED, "scanned", TYPED):
        assert freezer.scan(take, serial, how=how) is Finding.UNKNOWN

    freezer.close(take)

    assert freezer.found(take)[Finding.UNKNOWN] == 1
    assert [one[0] for one in freezer.told("copied from paper")] == ["major"]


def test_what_differs_becomes_an_exception_of_its_therapy(freezer):
    """Each on its thing, by one entry of each therapy; nothing moves, and the record verifies."""
    take = freezer.begin()
    for life, number in (("mixed up", 1), ("mixed up", 3), ("a bag on hold", 1)):
        freezer.scan(take, freezer.label(life, number))
    before = look(freezer.performer.installation, freezer.cois["mixed up"])

    freezer.close(take)

    after = look(freezer.performer.installation, freezer.cois["mixed up"])
    coi = freezer.cois["mixed up"]
    told = {(of_class, on) for of_class, on, _seen in freezer.told("mixed up")}
    assert told == {("major", f"{coi}/7.2"), ("minor", f"{coi}/7.3")}
    assert [one[0] for one in freezer.told("a bag on hold")] == ["major"]
    assert len(after.history) == len(before.history) + 1
    assert all(after.subjects[s] == thing for s, thing in before.subjects.items())
    assert verify_record(freezer.performer.installation).findings == ()


def test_what_is_still_wrong_is_told_again_in_the_exception_that_is_open(freezer):
    """The next count opens nothing anew; what was elsewhere and is missing by now is another."""
    coi, label = freezer.cois["mixed up"], freezer.label("mixed up", 3)
    for key in ("one", "two"):
        take = freezer.begin(key=key)
        freezer.scan(take, label)
        freezer.close(take, key=f"close {key}")
    told = freezer.told("mixed up")

    assert [on for _of_class, on, _seen in told].count(f"{coi}/7.1") == 1
    assert {on for _of_class, on, _seen in told} == {f"{coi}/7.{n}" for n in (1, 2, 3)}
    assert len(told) == 3
    assert all("counted again" in seen for _of_class, _on, seen in told)
    assert verify_record(freezer.performer.installation).findings == ()


def test_what_is_wrong_again_after_its_exception_was_closed_opens_another(freezer):
    """Quality assurance looked into the first; a new count is a new thing to look into."""
    coi, label = freezer.cois["mixed up"], freezer.label("mixed up", 3)
    first = freezer.begin(key="one")
    freezer.scan(first, label)
    freezer.close(first, key="close one")
    before = exceptions_of(look(freezer.performer.installation, coi))
    (minor,) = (one for one in before if one.on == f"{coi}/7.3" and "Stock-take" in one.seen)
    freezer.performer.do(coi, "close_exception", Wish(on=(minor.id,)))

    second = freezer.begin(key="two")
    freezer.scan(second, label)
    freezer.close(second, key="close two")

    after = exceptions_of(look(freezer.performer.installation, coi))
    of_bag = [one for one in after if one.on == f"{coi}/7.3" and "Stock-take" in one.seen]
    assert [one.is_open for one in of_bag] == [True, False]
    assert "counted again" not in of_bag[0].seen


def test_what_moves_meanwhile_is_not_missing(freezer):
    """What came after the shelf was begun, and what went away."""
    take = freezer.begin()
    freezer.put("a bag on hold", 2, freezer.shelf)
    freezer.put("mixed up", 2, "Freezer 9")
    freezer.scan(take, freezer.label("mixed up", 1))

    found = freezer.found(take)

    assert found == {Finding.FOUND: 1, Finding.MOVED: 1}


def test_a_whole_unit_is_counted_wherever_its_things_lie(freezer):
    """What is packed in a closed shipper is not looked for, nor what was handed to a courier."""
    take = freezer.begin(WHOLE_UNIT)
    found = freezer.scan(take, freezer.label("mixed up", 3))

    missing = outcome(freezer.performer.installation, freezer.performer.proven["leo"], take).of(
        Finding.MISSING
    )

    assert found is Finding.FOUND
    assert freezer.label("packed", 1) not in {line.serial for line in missing}
    assert {line.coi for line in missing} >= {freezer.cois["mixed up"]}
    assert freezer.cois["handed to the courier"] not in {line.coi for line in missing}


def test_it_goes_on_with_another_person(freezer):
    """Lena counts what Leo began; nobody from another unit finds it."""
    take = freezer.begin()
    freezer.scan(take, freezer.label("mixed up", 1), "lena")
    installation, mia = freezer.performer.installation, freezer.performer.proven["mia"]

    with pytest.raises(Unknown):
        counting(installation, mia, take)

    assert counting(installation, freezer.performer.proven["leo"], take).scanned == 1


def test_beginning_and_closing_are_done_once(freezer):
    """The same request has one effect; after the signature nothing is added."""
    take = freezer.begin()
    assert freezer.begin() == take
    freezer.close(take)
    freezer.close(take)

    with pytest.raises(StockTakeClosed):
        freezer.scan(take, freezer.label("mixed up", 1))
    with pytest.raises(Refused):
        freezer.close(take, key="another")


def test_only_who_works_there_signs(freezer):
    """Not even quality assurance of another site."""
    take = freezer.begin()
    by = freezer.performer.proven["leo"]
    signers = (Signer(freezer.performer.proven["mia"], STOCK_COUNTED.meaning),)

    wanted = CloseStockTake(take, "close", "-")
    with pytest.raises(Refused) as refused:
        close_stock_take(freezer.performer.installation, wanted, by, signers)

    found = [one.code for one in refused.value.refusals]
    assert found == ["ACTOR_DOES_NOT_SIGN", "SIGNER_NOT_ENTITLED"]


def test_the_result_stays_as_it_was_closed(freezer):
    """It is read from the record, whatever moves later."""
    take = freezer.begin()
    freezer.scan(take, freezer.label("mixed up", 1))
    before = freezer.found(take)
    freezer.close(take)

    freezer.put("mixed up", 2, "Freezer 9")

    assert freezer.found(take) == before


# -- at the pages ----------------------------------------------------------------------------------


@pytest.fixture
def leo(someone):
    """The browser of the laboratory."""
    return someone("leo")


@pytest.fixture
def page(leo, freezer):
    """The page of a stock-take that was just begun."""
    form = form_on(leo.get("/stock-takes").text)
    put(form, {"where": f"{LAB} {freezer.shelf}"})
    return leo.client.post("/stock-takes", data=form).headers["Location"]


def scanned(leo, page, raw):
    """What the page says after a scan."""
    answer = leo.send(f"{page}/scans", page=page, code=raw, how="scanned")
    return leo.get(answer.headers["Location"]).text


def test_before_the_first_scan_it_is_told_what_a_closed_layer_counts_for(leo, page):
    """Where one is chosen too: nobody opens a cassette to count what is in it."""
    pages = [leo.get(page).text, leo.get("/stock-takes").text]

    assert [one.count("counts for all that is in it") for one in pages] == [1, 1]


@pytest.mark.parametrize(
    ("life", "number", "told"),
    [
        ("mixed up", 1, "RIGHT. It belongs here"),
        ("mixed up", 3, "ELSEWHERE. The record says Freezer 9"),
        ("a bag on hold", 1, "STOP. By the record it is not here"),
        ("copied from paper", 1, "NOT KNOWN. Nothing is found by this code here"),
    ],
)
def test_each_scan_is_answered_large(leo, page, freezer, life, number, told):
    """By a word, a figure, a colour and a sound."""
    text = scanned(leo, page, freezer.label(life, number))

    assert told in text
    assert "data-play" in text
    assert "1 scanned so far" in text


def test_a_stock_take_is_closed_with_a_signature(leo, page, freezer):
    """Then it is read, printed, and taken along; what was typed wrong costs nothing."""
    scanned(leo, page, freezer.label("mixed up", 3))
    form = form_on(leo.get(f"{page}/result").text)
    form["signer-1-password"] = "wrong"
    wrong = leo.client.post(f"{page}/result", data=form)
    form["signer-1-password"] = PASSWORD
    closed = leo.client.post(f"{page}/result", data=form)

    result = leo.get(f"{page}/result").text
    report = leo.get(f"{page}/report.pdf")
    taken = leo.send(f"/exports{page}", page=f"{page}/result", form="csv")
    assert (wrong.status_code, closed.status_code) == (422, 303)
    assert "2: Missing" in result
    assert "stock counted: Leo Lab" in result
    assert "user name leo" in result
    assert "stock counted: Leo Lab user name leo" in text_of(report.data)
    assert "Tell its place" in result
    assert report.data.startswith(b"%PDF")
    assert taken.data.decode().count("missing") == 2
    assert leo.get(page).status_code == 302


def test_what_was_typed_is_told_as_typed_wherever_the_result_is_read(leo, page, freezer):
    """Whoever types a serial may have it from a list: the record says so, thing by thing."""
    leo.send(f"{page}/scans", page=page, code=freezer.label("mixed up", 1), how="")
    scanned(leo, page, freezer.label("mixed up", 3))
    before = leo.get(f"{page}/result").text

    form = form_on(before)
    form["signer-1-password"] = PASSWORD
    leo.client.post(f"{page}/result", data=form)

    result = leo.get(f"{page}/result").text
    report = text_of(leo.get(f"{page}/report.pdf").data)
    taken = leo.send(f"/exports{page}", page=f"{page}/result", form="csv").data.decode()
    assert [text.count(", typed") for text in (before, result, report, taken)] == [1, 1, 1, 1]
    assert f"found, typed,{freezer.label('mixed up', 1)}" in taken.replace('"', "")


def test_nobody_signs_another_result_than_the_one_on_their_screen(leo, page, freezer):
    """What a colleague scans in between is shown first, and signed then."""
    scanned(leo, page, freezer.label("mixed up", 1))
    form = form_on(leo.get(f"{page}/result").text)
    freezer.scan(page.rpartition("/")[2], freezer.label("a bag on hold", 1), "lena")
    form["signer-1-password"] = PASSWORD

    early = leo.client.post(f"{page}/result", data=form)
    again = form_on(early.text)
    again["signer-1-password"] = PASSWORD
    closed = leo.client.post(f"{page}/result", data=again)

    assert (early.status_code, closed.status_code) == (409, 303)
    assert "has changed since it was shown" in early.text
    assert "Here, and not by the record" in early.text
    assert len(freezer.told("a bag on hold")) == 1


def test_an_open_stock_take_stays_on_the_list_however_many_were_closed_since(leo, page, freezer):
    """By it alone somebody else finds it again; of the closed ones the last are listed."""
    installation = freezer.performer.installation
    row = installation.read(lambda tx: stock.stock_take(tx, page.rpartition("/")[2]))
    at = "2099-01-01T00:00:00.000000Z"
    closed = replace(row, opened_at=at, closed_at=at, closed_in="site:north", closed_seq=1)
    later = [replace(closed, id=f"{n:032}") for n in range(60)]
    installation.transact(lambda tx: [stock.begin(tx, one) for one in later])

    text = leo.get("/stock-takes").text

    assert f'href="{page}"' in text
    assert text.count(">Result<") == 50
