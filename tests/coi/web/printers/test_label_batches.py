"""Labels of several therapies are printed in one batch: what becomes of each is seen to its end."""

import re
import time

import pytest

from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import IN_MANUFACTURE, MADE, filled, play
from coi.errors import Busy
from coi.services import batch_runs, label_batches
from coi.services.label_batches import RUNS, AskedBatch, batch_view, begin_batch, send_each
from coi.services.print_deeds import clear_line
from coi.services.print_sending import PrintSender
from coi.services.proofs import authenticate
from coi.store.entries import entries_of
from tests.coi.printing import AT_ONCE, PATIENT
from tests.coi.web.printers.registering import UNIT, key_on
from tests.coi.web.test_downtime_kits import documents
from tests.printer9100 import State

PAGE = "/printing"
OFF = {"before": State(paper_out=1)}


@pytest.fixture
def two(performer):
    """Two therapies whose product was just filled, into two bags and one."""
    cois = []
    for patient, bags in ((PATIENTS[2], 2), (PATIENTS[3], 1)):
        coi = performer.order(dict(patient))
        play(performer, coi, (*IN_MANUFACTURE, *MADE, filled(bags)[0]))
        cois.append(coi)
    return cois


@pytest.fixture
def mia(someone, two):  # noqa: ARG001 - she is looked at when they are filled
    """Who filled them, at her unit."""
    mia = someone("mia")
    mia.send("/unit", page="/", unit=UNIT)
    return mia


def ready(browser, two, query=""):
    """The serials that can be chosen, of the two therapies."""
    text = browser.get(f"{PAGE}{query}").text
    found = re.findall(r'<legend><a href="/therapies/([^/]+)/.*?</fieldset>', text, re.DOTALL)
    parts = re.findall(r"<fieldset.*?</fieldset>", text, re.DOTALL)
    return {
        coi: re.findall(r'name="label" value="([^"]+)"', part)
        for coi, part in zip(found, parts, strict=True)
        if coi in two
    }


def begin(browser, printer, labels, key=""):
    """Send the form; returns the answer."""
    page = browser.get(PAGE).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    form = {"csrf_token": token, "printer": printer, "label": [*labels]}
    return browser.client.post(PAGE, data=form | {"key": key or key_on(browser, PAGE)})


def when_sent(browser, page):
    """The page of a batch as soon as nothing is to be sent any more."""
    until = time.monotonic() + 60
    while "to be sent" in (told := browser.get(page).text) or "drawn and read" in told:
        assert time.monotonic() < until, told
        time.sleep(0.05)
    return told


def counted(page):
    """How many are printed, wait and failed."""
    found = re.search(r"(\d+) printed, (\d+) waiting, (\d+) failed", page)
    return tuple(int(one) for one in found.groups())


def print_all(installation):
    """Print what waits, as far as the printer and its line let it."""
    return PrintSender(installation, PATIENT, AT_ONCE).run_until_empty()


def print_next(installation):
    """One label, as far as the printer takes it."""
    sender = PrintSender(installation, PATIENT, AT_ONCE)
    sender.step()
    sender.finish()


def by_mia(installation):
    """Who she is, as the use cases are told."""
    return authenticate(installation, "mia", PASSWORD)


def test_the_labels_of_several_therapies_are_one_batch(mia, two, desk, printer, installation):
    """Those of one therapy come out, the line is cleared, then those of the other; each once."""
    chosen = ready(mia, two)
    labels = [label for coi in two for label in chosen[coi]]

    answers = [begin(mia, desk, labels, key="page-batch") for _ in "ab"]
    page = answers[0].headers["Location"]
    waiting = when_sent(mia, page)
    print_all(installation)
    between = mia.get(page).text
    clear_line(installation, by_mia(installation), desk, two[0], key="cleared")
    print_all(installation)
    done = mia.get(page).text

    assert [len(chosen[coi]) for coi in two] == [2, 1]
    assert [one.status_code for one in answers] == [303, 303]
    assert counted(waiting) == (0, 3, 0)
    assert counted(between) == (2, 1, 0)
    assert "Labels of another therapy lie at the printer." in between
    assert f'<code class="whole">{two[0]}</code>' in between
    assert counted(done) == (3, 0, 0)
    assert "All have ended." in done
    assert len(printer.printed) == 3
    assert ready(mia, two) == {}


def test_it_tells_how_far_it_is_with_and_without_scripts(mia, two, desk):
    """To a screen reader when it changes; and by loading again where no script runs."""
    labels = ready(mia, two)[two[0]]
    page = begin(mia, desk, labels).headers["Location"]

    told = when_sent(mia, page)

    assert re.search(r'<div role="status"><p id="told" data-live>', told)
    again = re.search(r'data-again="([^"]+)"', told)[1]
    assert "by_itself=1" in again
    assert f'<noscript><meta http-equiv="refresh" content="5; url={again}">' in told
    assert '<progress id="progress" class="whole" max="2" value="0">' in told
    assert f'href="{page}">My last batch' in mia.get(PAGE).text


def test_a_label_that_cannot_be_sent_holds_up_no_other(mia, two, desk, printer, installation):
    """It is told with the reason; a second batch with one that waits already prints the rest."""
    first, second = ready(mia, two)[two[0]]
    when_sent(mia, begin(mia, desk, [first]).headers["Location"])
    by = by_mia(installation)
    asked = AskedBatch((first, second), desk, "batch-second")
    begin_batch(installation, by, asked)

    send_each(installation, by, asked)
    send_each(installation, by, asked)
    page = mia.get(f"{PAGE}/batch-second").text
    print_all(installation)
    done = mia.get(f"{PAGE}/batch-second").text

    assert counted(page) == (0, 1, 1)
    assert "LABEL_WAITS" in page
    assert counted(done) == (1, 0, 1)
    assert len(printer.printed) == 2


def test_after_the_printer_was_off_it_goes_on(mia, two, desk, printer, installation):
    """It says what is wrong with the printer meanwhile; nothing comes out twice."""
    printer.behave(**OFF)
    labels = ready(mia, two)[two[0]]
    page = begin(mia, desk, labels).headers["Location"]
    when_sent(mia, page)
    print_next(installation)
    off = mia.get(page).text

    printer.behave()
    answer = mia.send(f"{page}/go-on", page=page)
    print_all(installation)
    done = mia.get(page).text

    assert counted(off) == (0, 2, 0)
    assert "The printer does not print now." in off
    assert "Go on now" in off
    assert answer.status_code == 303
    assert counted(done) == (2, 0, 0)
    assert len(printer.printed) == 2


def test_it_is_stopped_between_two_labels(mia, two, desk, printer, installation):
    """What waits is cancelled and can be chosen again; stopped twice it is stopped once."""
    labels = ready(mia, two)[two[0]]
    page = begin(mia, desk, labels, key="page-stopped").headers["Location"]
    when_sent(mia, page)
    print_next(installation)
    before = counted(mia.get(page).text)

    answers = [mia.send(f"{page}/stop", page=page) for _ in "ab"]
    print_all(installation)
    stopped = mia.get(page).text
    left = ready(mia, two)[two[0]]

    assert [one.status_code for one in answers] == [303, 303]
    assert "The batch was stopped." in stopped
    printed, waiting, failed = counted(stopped)
    assert (printed + failed, waiting) == (2, 0)
    assert printed == before[0] == len(printer.printed) == 1
    assert len(left) == 1
    assert "Stop before the next label" not in stopped
    assert mia.send(f"{page}/go-on", page=page).status_code == 303
    assert print_all(installation) == 0


def test_stopped_while_it_is_drawn_it_sends_no_more(mia, two, desk, installation, monkeypatch):
    """Not the label that was being drawn at that moment either, of which no copy is counted."""
    by, labels = by_mia(installation), tuple(ready(mia, two)[two[0]])
    asked = AskedBatch(labels, desk, "batch-midst")
    begin_batch(installation, by, asked)
    sends = label_batches.send_labels

    def stopped_meanwhile(*told):
        label_batches.stop(installation, by, asked.key)
        return sends(*told)

    monkeypatch.setattr(label_batches, "send_labels", stopped_meanwhile)
    send_each(installation, by, asked)

    view = batch_view(installation, by, asked.key)
    assert view.is_stopped
    assert (view.printed, view.waiting, view.failed, view.left) == (0, 0, 0, 2)
    assert ready(mia, two)[two[0]] == [*labels]
    assert not [one for one in documents(installation) if one["about"] in labels]


def test_a_label_for_which_the_database_was_busy_is_sent_again(
    mia, two, desk, installation, monkeypatch
):
    """Some times; the last of which is told."""
    by, labels = by_mia(installation), tuple(ready(mia, two)[two[0]])
    asked = AskedBatch(labels, desk, "batch-busy")
    begin_batch(installation, by, asked)
    sends, tried = label_batches.send_labels, []

    def busy(ours, who, one, *more):
        tried.append(one.serials[0])
        if one.serials[0] == labels[0] or tried.count(labels[1]) < batch_runs.MOST_TIMES:
            raise Busy
        return sends(ours, who, one, *more)

    monkeypatch.setattr(batch_runs, "_PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr(label_batches, "send_labels", busy)
    send_each(installation, by, asked)

    first, second = batch_view(installation, by, asked.key).labels
    assert [tried.count(one) for one in labels] == [batch_runs.MOST_TIMES] * 2
    assert (first.code, second.is_sent) == ("BUSY", True)


def test_no_more_batches_than_three_go_on_at_once_for_one_person(mia, two, desk, monkeypatch):
    """The next one is refused on its page, which leads to those that go on; then it is begun."""
    monkeypatch.setattr(batch_runs.Runs, "begin", lambda *_told: None)
    chosen = ready(mia, two)
    labels = [label for coi in two for label in chosen[coi]]
    for n, label in enumerate(labels):
        assert begin(mia, desk, [label], key=f"batch-no-{n}").status_code == 303

    refused = begin(mia, desk, labels[:1], key="batch-no-3")
    mia.send(f"{PAGE}/batch-no-1/stop", page=f"{PAGE}/batch-no-1")
    begun = begin(mia, desk, labels[:1], key="batch-no-3")

    assert len(labels) == batch_runs.MOST_GOING
    assert refused.status_code == 409
    assert "BATCHES_GOING" in refused.text
    assert all(f'href="{PAGE}/batch-no-{n}"' in refused.text for n in range(3))
    assert refused.text.count("being sent</a>") == 2
    assert begun.status_code == 303


def test_a_batch_whose_process_ended_is_gone_on_with_and_prints_nothing_twice(
    mia, two, desk, printer, installation, monkeypatch
):
    """What was sent stays sent; whoever looks lets the rest be sent."""
    by, labels = by_mia(installation), tuple(ready(mia, two)[two[0]])
    asked = AskedBatch(labels, desk, "batch-ended")
    begin_batch(installation, by, asked)
    sends, sent = label_batches.send_labels, []

    def ends(*told):
        if sent:
            raise KeyboardInterrupt
        sent.append(told)
        return sends(*told)

    monkeypatch.setattr(label_batches, "send_labels", ends)
    with pytest.raises(KeyboardInterrupt):
        send_each(installation, by, asked)
    monkeypatch.setattr(label_batches, "send_labels", sends)
    at_once = mia.get(f"{PAGE}/batch-ended").text
    installation.clock.advance(batch_runs.QUIET)
    later = mia.get(f"{PAGE}/batch-ended").text
    mia.send(f"{PAGE}/batch-ended/go-on", page=f"{PAGE}/batch-ended")
    when_sent(mia, f"{PAGE}/batch-ended")
    print_all(installation)

    assert "Go on now" not in at_once
    assert "Go on now" in later
    assert counted(mia.get(f"{PAGE}/batch-ended").text) == (2, 0, 0)
    assert len(printer.printed) == 2


def test_what_nobody_foresaw_is_told_of_its_label_alone(mia, two, desk, installation, monkeypatch):
    """The next one is sent; the reason quotes nothing of what went wrong."""
    by, labels = by_mia(installation), tuple(ready(mia, two)[two[0]])
    asked = AskedBatch(labels, desk, "batch-broken")
    begin_batch(installation, by, asked)
    sends = label_batches.send_labels

    def breaks(ours, who, one, *more):
        if one.serials == labels[:1]:
            raise ZeroDivisionError("a secret of nobody's business")
        return sends(ours, who, one, *more)

    monkeypatch.setattr(label_batches, "send_labels", breaks)
    send_each(installation, by, asked)
    page = mia.get(f"{PAGE}/batch-broken").text

    assert counted(page) == (0, 1, 1)
    assert "UNFORESEEN" in page
    assert "secret" not in page


def test_a_batch_is_its_own_persons(mia, two, desk, someone):
    """Nobody else looks at it, stops it or lets it go on (SEC-07)."""
    page = begin(mia, desk, ready(mia, two)[two[0]]).headers["Location"]
    milo = someone("milo")

    answers = [milo.get(page), *(milo.send(f"{page}/{deed}") for deed in ("stop", "go-on"))]

    assert [one.status_code for one in answers] == [404, 404, 404]
    assert "The batch was stopped" not in when_sent(mia, page)


@pytest.mark.parametrize("labels", [[], ["B-NONE"], ["twice", "twice"], ["two words"]])
def test_what_cannot_be_a_batch_is_refused(mia, desk, labels, installation):
    """Nothing is sent, and nothing stands in the record."""
    before = installation.read(lambda tx: len([*entries_of(tx, "site:works")]))

    answer = begin(mia, desk, labels)

    assert answer.status_code in {404, 422}
    assert installation.read(lambda tx: len([*entries_of(tx, "site:works")])) == before


def test_the_choice_follows_the_filters_of_the_lists(mia, two):
    """By COI, phase and product; what has nothing to print is not there."""
    every = ready(mia, two)

    assert every.keys() == {*two}
    assert ready(mia, two, f"?coi={two[0]}").keys() == {two[0]}
    assert ready(mia, two, "?workflow=til") == {}
    assert "Take one of the conditions away" in mia.get(f"{PAGE}?workflow=til").text


def test_whoever_sees_nothing_of_it_is_offered_nothing(someone, two):
    """A hospital that takes no part sees neither therapy nor label."""
    assert ready(someone("walter"), two) == {}


def test_a_long_list_is_gone_through_page_by_page(mia, two, monkeypatch):
    """Where a page is full, or has looked far enough, it goes on from there."""
    monkeypatch.setattr("coi.services.label_choosing.MOST_THERAPIES", 1)
    path, seen = PAGE, []
    while path:
        text = mia.get(path).text
        seen += re.findall(r'<legend><a href="/therapies/([^/]+)/', text)
        (path,) = re.findall(r'<a class="button main" href="([^"]+)">The next ones', text) or [""]
        path = path.replace("&amp;", "&")

    assert len(seen) == len({*seen})
    assert {*two} <= {*seen}


def test_no_thread_is_left(mia, two, desk):
    """What was sent is forgotten by the process once the next batch begins."""
    for number, labels in enumerate([label] for label in ready(mia, two)[two[0]]):
        when_sent(mia, begin(mia, desk, labels, key=f"page-{number}-of-two").headers["Location"])

    assert not RUNS.is_at("page-0-of-two")
    assert RUNS.error_of("page-0-of-two") is None
