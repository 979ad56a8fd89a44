"""A step at the bench, screen by screen: put aside half-way, gone on with, handed over, signed."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from coi.demo.cast import PASSWORD, PATIENTS, STAFF, holders
from coi.demo.chapters import (
    AT_SITE,
    CONDITIONED,
    IN_MANUFACTURE,
    MADE,
    Step,
    play,
    take,
    thawed,
    wish_of,
)
from coi.services.forms import may_be_guided
from coi.services.people import set_password
from coi.services.therapies import look
from coi.services.verifying import verify_record
from tests.builders import a_workflow
from tests.coi.web.steps import path_of
from tests.coi.web.walk import Told, Walker, go_through, signed_in, stepwise, token_on

WORKS = "works-production"
THAWED = thawed()[0]
TECHNICIANS = frozenset(holders("manufacturing_technician"))


def test_what_is_done_at_the_bench_can_be_taken_screen_by_screen():
    """Each step that opens, divides, packs or looks at material; decisions keep their one form."""
    found = {name for name, action in a_workflow().actions.items() if may_be_guided(action)}

    assert found >= {
        *("freeze_material", "start_lot", "activate", "transduce", "expand", "harvest"),
        *("formulate", "fill", "freeze_product", "take_samples", "thaw", "accept_material"),
        *("put_into_cassette", "put_into_canister", "pack", "accept_product", "report_damage"),
    }
    assert not found & {"release_lot", "record_result", "correct_value", "hold", "approve"}


# -- to the same entry -----------------------------------------------------------------------------

BY_SCREENS = frozenset({"freeze_material", "pack", "start_lot", "harvest", "fill", "thaw"})
VARYING = frozenset({"expires_at", "frozen_at", "thawed_at"})


@pytest.fixture
def begun(app, performer):
    """Somebody who has pressed the button in the form of a step; what is wanted, and who signs."""

    def press(coi, step, username="", **typed):
        view = look(performer.installation, coi)
        wish = wish_of(view, step)
        wanted, _actor, signers = performer.request(coi, step.action, wish, view)
        walker = Walker(signed_in(app, username or signers[0].username))
        return stepwise(walker, wanted, **typed), Told(wanted, signers, 0)

    return press


def told_by(performer, coi):
    """What the entries say of the steps at the bench, but for what differs from one to another."""

    def plain(entry):
        content = entry.content
        moves = [
            (m["machine"], m["from"]["state"], m["to"]["state"]) for m in content.get("moves", ())
        ]
        values = [(v["field"], v["content"], v["unit"]) for v in content.get("values", ())]
        signed = [(one.role, one.meaning) for one in entry.signatures]
        born = [one["machine"] for one in content.get("subjects", ())]
        kept = sorted(value for value in values if value[0] not in VARYING)
        return content["action"], moves, kept, signed, len(content.get("scans", ())), born

    history = look(performer.installation, coi).history
    return [plain(one) for one in history if one.content["action"] in BY_SCREENS]


def test_the_steps_at_the_bench_come_to_the_same_entries_either_way(performer, begun):
    """Screen by screen as by one form: states, values, births, scans, and who signed for what."""
    by_form, by_screens = (performer.order(PATIENTS[3]) for _ in range(2))
    steps = (*AT_SITE, CONDITIONED, replace(THAWED, first=1))

    for step in steps:
        take(performer, by_form, step)
        if step.action not in BY_SCREENS:
            take(performer, by_screens, step)
            continue
        walker, told = begun(by_screens, step)
        assert walker.path, walker.answer.text
        assert 'class="verdict matched"' in go_through(walker, told)

    found = told_by(performer, by_screens)
    assert {one[0] for one in found} == BY_SCREENS
    assert found == told_by(performer, by_form)


# -- put aside, and handed over --------------------------------------------------------------------

HARVEST = Step("harvest")
DONE, REMAINS = "Counted twice.", "The centrifuge, and both signatures."


@pytest.fixture
def grown(performer):
    """A therapy whose cells are to be harvested."""
    coi = performer.order(PATIENTS[3])
    play(performer, coi, (*IN_MANUFACTURE, *MADE[:4]))
    return coi


def last(performer, coi):
    """The newest entry of the therapy."""
    return look(performer.installation, coi).history[-1]


def names_of(entry):
    """Who signed an entry, by their printed names, in the order of the signatures."""
    return [one.printed_name for one in entry.signatures]


def name_of(username):
    """The printed name of one of the cast."""
    return next(one.printed_name for one in STAFF if one.username == username)


def test_a_step_is_put_aside_half_way_and_gone_on_with_at_another_device(app, grown, begun):
    """What was answered is kept; it stands in the form and on My work until it is finished."""
    walker, told = begun(grown, HARVEST)
    walker.send(**{"value-total_cells_e6": "900"})
    at_another = Walker(signed_in(app, told.signers[0].username), walker.path)
    assert "What you have scanned and typed is kept" in at_another.page
    assert "Harvest" in at_another.browser.get("/").text
    assert "begun" in at_another.browser.get(path_of(grown, "harvest")).text

    at_another.take_up()

    assert "entrifuge" in at_another.asked
    assert 'class="verdict matched"' in go_through(at_another, told)


def test_at_a_shift_change_a_colleague_goes_on_with_it_signed(app, performer, grown, begun):
    """Handed over and taken over by signature; the entry says who entered which value."""
    walker, told = begun(grown, HARVEST)
    walker.send(**{"value-total_cells_e6": "900"})
    first, verifier = (one.username for one in told.signers)
    page = walker.browser.get(f"{walker.path}/hand-over").text
    other = next(
        one for one in re.findall(r'value="([a-z]+)"', page) if one in TECHNICIANS - {first}
    )
    note = {"to": other, "done": DONE, "remains": REMAINS, "password": PASSWORD}
    assert walker.send("/hand-over", **note).status_code == 303

    colleague = Walker(signed_in(app, other), walker.path)
    assert DONE in colleague.page
    assert colleague.send("/take-over", password=PASSWORD).status_code == 303
    signers = (replace(told.signers[0], proven=performer.proven[other]), told.signers[1])
    page = go_through(colleague, replace(told, signers=signers))

    assert 'class="verdict matched"' in page
    entry = last(performer, grown)
    assert names_of(entry) == [name_of(other), name_of(verifier)]
    entered = entry.content["document"]["answer:value-total_cells_e6"]
    assert entered.startswith(performer.proven[first].person)


def test_what_was_typed_in_the_form_is_taken_along_and_looked_at_again(grown, begun):
    """A number stands in its screen; one that is no number does not, and is asked."""
    right, _told = begun(grown, HARVEST, **{"value-total_cells_e6": "901"})
    assert 'value="901"' in right.page
    right.send("/discard")

    wrong, _told = begun(grown, HARVEST, **{"value-total_cells_e6": "many"})

    assert "many" not in wrong.page
    answer = wrong.send(**{"value-total_cells_e6": "-1"})
    assert answer.status_code == 422


def test_what_is_typed_anew_stands_in_place_of_what_was_put_aside(grown, begun):
    """The form is opened again, and says 111 for 900: that is asked again, and read back anew."""
    before, _told = begun(grown, HARVEST)
    before.send(**{"value-total_cells_e6": "900"})
    before.send(**{"value-centrifuge": ""})
    assert "Read it back" in before.asked
    before.send()

    again, _told = begun(grown, HARVEST, **{"value-total_cells_e6": "111"})

    assert again.path == before.path
    page = again.page
    assert "You had begun this step already. What you typed now stands" in page
    assert 'value="111"' in page
    assert "900" not in page
    again.send(**{"value-total_cells_e6": "111"})
    assert "entrifuge" in again.asked
    again.send(**{"value-centrifuge": ""})
    assert "111" in again.page
    same, _told = begun(grown, HARVEST, **{"value-total_cells_e6": "111"})
    assert "You had begun" not in same.page
    assert "Read it back" in same.asked


def test_a_decision_is_not_taken_screen_by_screen(app, performer, grown):
    """Whoever sends the button all the same is answered by the one form."""
    walker = Walker(signed_in(app, "queenie"))
    page = walker.browser.get(path_of(grown, "hold")).text
    told = {"csrf_token": token_on(page), "key": "k", "unit": WORKS, "stepwise": "1"}

    answer = walker.browser.client.post(path_of(grown, "hold"), data=told)

    assert "Go on screen by screen" not in page
    assert answer.status_code == 422
    assert last(performer, grown).content["action"] == "expand"


# -- two who sign, each in a session of their own --------------------------------------------------


@pytest.fixture
def signed_first(grown, begun):
    """The first has signed the harvest; the second is to sign in a session of their own."""
    walker, told = begun(grown, HARVEST)
    walker.send(**{"value-total_cells_e6": "900"})
    walker.send(**{"value-centrifuge": told.wanted.values.get("centrifuge", "")})
    walker.send()
    first = told.signers[0].username
    walker.send(apart="1", **{"signer-1-username": first, "signer-1-password": PASSWORD})
    return walker, told


def test_two_sign_in_two_sessions_and_neither_ends_the_others(app, performer, grown, signed_first):
    """Two persons, two credentials, two sessions; the second reads all of it before they sign."""
    walker, told = signed_first
    verifier = told.signers[1].username
    assert "Your part is in" in walker.page
    assert last(performer, grown).content["action"] == "expand"
    second = Walker(signed_in(app, verifier), walker.path)

    second.take_up()

    assert "Read it back" in second.asked
    assert "900" in second.page
    second.send()
    second.send(**{"signer-1-username": verifier, "signer-1-password": PASSWORD})
    assert 'class="verdict matched"' in walker.page
    assert 'class="verdict matched"' in second.page
    entry = last(performer, grown)
    assert names_of(entry) == [name_of(one.username) for one in told.signers]
    assert entry.signatures[0].signed_at < entry.signatures[1].signed_at


def test_the_first_is_not_the_second_in_another_session(app, signed_first):
    """Nor is it handed over any more: what they signed stays theirs."""
    walker, told = signed_first
    again = Walker(signed_in(app, told.signers[0].username), walker.path)

    assert "SAME_PERSON" in again.take_up().text
    assert "FIRST_HAS_SIGNED" in again.browser.get(f"{walker.path}/hand-over").text


def test_what_the_first_signed_is_not_typed_over_without_a_word(app, begun, grown, signed_first):
    """Whoever begins it anew is told that it was begun, and that not all of theirs was taken."""
    first, told = signed_first
    second = told.signers[1].username
    Walker(signed_in(app, second), first.path).take_up()

    anew, _told = begun(grown, HARVEST, second, **{"value-total_cells_e6": "111"})

    page = anew.page
    assert anew.path == first.path
    assert "Of what you scanned and typed now not all was taken" in page
    assert "900" in page
    assert "111" not in page


def test_another_goes_on_where_the_second_put_it_aside(app, signed_first):
    """Whoever may sign second reads and signs; who had begun to has signed nothing."""
    walker, told = signed_first
    verifier = told.signers[1].username
    left = Walker(signed_in(app, verifier), walker.path)
    left.take_up()

    elsewhere = Walker(signed_in(app, verifier), walker.path)

    assert elsewhere.take_up().status_code == 303
    assert "Read it back" in elsewhere.asked


def wait(performer, minutes):
    """Let time pass."""
    performer.installation.clock.advance(timedelta(minutes=minutes))


def signs_anew(app, walker, told):
    """The first goes on with what they answered, reads it back and signs apart once more."""
    first = told.signers[0].username
    again = Walker(signed_in(app, first), walker.path)
    again.take_up()
    assert "FIRST_CHECK_TOO_OLD" in again.page
    assert "Read it back" in again.asked
    assert "900" in again.page
    again.send()
    again.send(apart="1", **{"signer-1-username": first, "signer-1-password": PASSWORD})
    return again


def test_a_second_signature_that_comes_late_loses_nothing(app, performer, grown, signed_first):
    """Each is told so, the first signs anew what they answered, and the second takes it up."""
    walker, told = signed_first
    verifier = told.signers[1].username
    Walker(signed_in(app, verifier), walker.path).take_up()
    wait(performer, 31)
    late = Walker(signed_in(app, verifier), walker.path)

    late.take_up()

    assert "FIRST_CHECK_TOO_OLD" in late.page
    assert "reads it back and signs anew" in late.page
    assert last(performer, grown).content["action"] == "expand"
    signs_anew(app, walker, told)
    second = Walker(signed_in(app, verifier), walker.path)
    second.take_up()
    second.send()
    second.send(**{"signer-1-username": verifier, "signer-1-password": PASSWORD})
    assert 'class="verdict matched"' in second.page
    assert names_of(last(performer, grown)) == [name_of(one.username) for one in told.signers]


def test_it_goes_back_to_the_first_where_it_grows_too_old_while_it_is_read(
    app, performer, signed_first
):
    """The second began in time, and signs too late; the first takes it up by one button."""
    walker, told = signed_first
    verifier = told.signers[1].username
    wait(performer, 20)
    second = Walker(signed_in(app, verifier), walker.path)
    second.take_up()
    second.send()
    wait(performer, 11)

    second.send(**{"signer-1-username": verifier, "signer-1-password": PASSWORD})

    assert "FIRST_CHECK_TOO_OLD" in second.page
    again = signs_anew(app, walker, told)
    wait(performer, 31)
    waiting = Walker(signed_in(app, told.signers[0].username), again.path)
    assert "Read it back, and sign anew" in waiting.page


def test_a_first_password_that_was_changed_loses_nothing_at_the_bench(app, performer, signed_first):
    """They sign anew, with the one that they have now."""
    walker, told = signed_first
    first, verifier = (one.username for one in told.signers)
    second = Walker(signed_in(app, verifier), walker.path)
    second.take_up()
    second.send()
    set_password(performer.installation, performer.proven[first], "a new one that is long")

    second.send(**{"signer-1-username": verifier, "signer-1-password": PASSWORD})

    assert "SIGNED_OUT" in second.page
    assert "A colleague has begun it" in second.page


# -- at which bench --------------------------------------------------------------------------------


class TestAtBenches:
    """In a unit with two benches, each step at the bench says at which one it is done."""

    @pytest.fixture
    def performer(self, line):
        """The cast, in the world with two lots and two benches."""
        return line.performer

    def test_a_bench_that_holds_another_therapy_is_not_offered(self, app, line):
        """It is named, so that somebody clears it; the other one is chosen and stands on record."""
        line.activate(line.second)
        wanted, _actor, signers = line.wanted(line.first, line.benches[1])
        walker = stepwise(Walker(signed_in(app, signers[0].username)), wanted)

        assert walker.asked == "At which bench"
        assert "another therapy is on: Isolator 1" in walker.page
        assert line.benches[0] not in walker.page
        assert 'class="verdict matched"' in go_through(walker, Told(wanted, signers, 0))
        assert last(line.performer, line.first).content["bench"] == line.benches[1]
        assert verify_record(line.installation).findings == ()

    def test_what_the_second_cannot_mend_goes_back_to_the_first(self, app, line):
        """Another therapy came onto the bench between the two: the first clears it, or moves."""
        wanted, _actor, signers = line.wanted(line.first, line.benches[1])
        walker = stepwise(Walker(signed_in(app, signers[0].username)), wanted)
        first, second = (one.username for one in signers)
        walker.send(bench=line.benches[1])
        while "Read it back" not in walker.asked:
            for fields in Told(wanted, signers, 0).answers(walker.page):
                walker.send(**fields)
        walker.send()
        walker.send(apart="1", **{"signer-1-username": first, "signer-1-password": PASSWORD})
        line.activate(line.second, line.benches[1])
        other = Walker(signed_in(app, second), walker.path)
        other.take_up()
        other.send()

        other.send(**{"signer-1-username": second, "signer-1-password": PASSWORD})

        assert "BENCH_" in other.page
        again = Walker(signed_in(app, first), walker.path)
        again.take_up()
        assert "Read it back" in again.asked
        assert "BENCH_" in again.page
        assert last(line.performer, line.first).kind == "refused"

    def test_a_code_of_another_therapy_stops_what_asks_for_no_code_too(self, app, line):
        """It ends the step, and stands on record, as in the form."""
        wanted, _actor, signers = line.wanted(line.first, line.benches[1])
        text = f"{line.benches[1]}\n{label_of(line.performer, line.second)}"
        walker = Walker(signed_in(app, signers[0].username))

        stepwise(walker, wanted, codes=text, scanned=text)

        assert "WRONG_THERAPY" in walker.page
        assert last(line.performer, line.first).kind == "refused"

    def test_a_bench_that_was_scanned_before_is_no_wrong_scan(self, app, line):
        """No screen asks for it so; the bench is asked for, and nothing stops."""
        wanted, _actor, signers = line.wanted(line.first, line.benches[1])
        text = line.benches[1]
        walker = Walker(signed_in(app, signers[0].username))

        stepwise(walker, wanted, codes=text, scanned=text)

        assert walker.asked == "At which bench"
        assert 'class="verdict' not in walker.answer.text


# -- codes that were scanned into the form ---------------------------------------------------------


def label_of(performer, coi):
    """What the scanner reads from the newest label of any thing of a therapy."""
    serials = next(iter(look(performer.installation, coi).labels.values()))
    return f"{serials[-1]}/{coi}"


@pytest.mark.parametrize("turned", [1, -1])
def test_each_screen_takes_its_code_in_whatever_order_they_came(performer, begun, turned):
    """The shipper before the bags or after them: nothing stops, and no code is asked again."""
    coi = performer.order(PATIENTS[3])
    number = [step.action for step in IN_MANUFACTURE].index("pack")
    play(performer, coi, IN_MANUFACTURE[:number])
    view = look(performer.installation, coi)
    wish = wish_of(view, IN_MANUFACTURE[number])
    wanted, _actor, _signers = performer.request(coi, "pack", wish, view)
    codes = [code.raw for code in wanted.codes]
    text = "\n".join(codes[::turned])

    walker, _told = begun(coi, IN_MANUFACTURE[number], codes=text, scanned=text)

    assert len(codes) > 1
    assert walker.answer.status_code == 303, walker.answer.text
    # How many there are, only the person knows: that nothing more comes is theirs to say.
    for code in codes[1:]:
        assert code.partition("/")[0] in walker.page
    walker.send(done="1")
    assert walker.asked
    assert "can" not in walker.asked
