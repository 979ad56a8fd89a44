"""Two people, the second blind: two sign-ins, every scan twice, one verdict for both."""

import json
from dataclasses import replace

import pytest

from coi.demo.cast import PASSWORD
from coi.services.finding import find
from coi.services.in_hand import why_not
from coi.services.people import set_password
from coi.services.sessions import resume
from coi.services.timers import timers
from tests.coi.web.bedside import CHECK, FIRST, SECOND, THIRD, WARD
from tests.coi.web.browser import without_token
from tests.coi.web.walk import token_on


def checked(bedside):
    """Both have checked; returns the walkers."""
    first = bedside.first_part()
    second = bedside.second(first)
    bedside.signs(bedside.check(second), SECOND)
    return first, second


def test_the_first_is_shown_no_verdict(bedside):
    """Their part is in, and who must check now (BD-06)."""
    page = bedside.first_part().page

    assert "Your part is in" in page
    assert "Infusion nurse or treating physician must now check independently" in page
    assert "verdict" not in page


def scene_of(bedside, walker):
    """The step as its use cases see it, and whose session it is in."""
    with walker.browser.client.session_transaction() as held:
        signed_in = resume(bedside.installation, held["token"])
    identifier = walker.path.rpartition("/")[2]
    return signed_in, find(bedside.installation, signed_in, identifier)


def test_the_seconds_time_does_not_tell_which_bag_the_first_scanned(bedside):
    """Before they have scanned one, it is that of every bag that could be meant (BD-06, BD-19)."""
    signed_in, scene = scene_of(bedside, bedside.second(bedside.first_part()))
    none = replace(scene, errand=replace(scene.errand, seen={}))
    another = replace(scene, errand=replace(scene.errand, seen={"a bag that is gone": 1}))

    shown = [timers(bedside.installation, signed_in, one) for one in (scene, none, another)]

    assert shown[0]
    assert shown[0] == shown[1] == shown[2]


def test_a_bag_that_is_scanned_back_is_seen_no_more(bedside):
    """A colleague can take it in hand, and the next bag is not held back by it."""
    walker = bedside.person(FIRST).begin(bedside.coi, "release_custody", WARD)
    walker.scan(bedside.label())
    walker.send(done="1")
    walker.send("/back")

    assert scene_of(bedside, walker)[1].errand.seen == {}


def test_a_bag_that_was_scanned_by_mistake_is_scanned_back_before_the_others(bedside):
    """Whoever has several to scan begins anew with them, and with nothing else."""
    walker = bedside.person(FIRST).begin(bedside.coi, "release_custody", WARD)
    walker.scan(bedside.label())
    walker.send("/back")

    part = scene_of(bedside, walker)[1].errand.part
    assert (part.reads, part.done) == ((), ())
    assert scene_of(bedside, walker)[1].errand.seen == {}


def test_what_the_first_has_seen_stays_when_the_second_goes_back(bedside):
    """Their check is of the bag as it stood then."""
    second = bedside.second(bedside.first_part())
    seen = scene_of(bedside, second)[1].errand.seen
    for code in (bedside.coi, bedside.band(), bedside.label()):
        second.scan(code)
    second.send("/back")

    assert seen
    assert scene_of(bedside, second)[1].errand.seen == seen


def test_the_second_sees_nothing_of_what_the_first_found(bedside):
    """No scan, no name: they begin from the order."""
    second = bedside.second(bedside.first_part())
    page = second.page

    assert second.asked == "Scan the order"
    assert bedside.band() not in page
    assert "Wuckert783" not in page


def test_both_see_the_verdict_when_both_are_in(bedside):
    """And the page of the first that waits learns of it."""
    first, second = checked(bedside)

    assert 'class="verdict matched"' in second.page
    assert 'class="verdict matched"' in first.page
    assert json.loads(first.browser.get(f"{first.path}/now").text)["ended"] is True


def test_the_record_holds_what_each_scanned_heard_and_when_each_signed(bedside):
    """One entry, with both in it."""
    checked(bedside)
    entry = bedside.last()

    people = [bedside.ward.who(name).person for name in (FIRST, SECOND)]
    assert entry.action == CHECK
    assert [scan["by"] for scan in entry.content["scans"]] == [people[0]] * 3 + [people[1]] * 3
    assert [check["person"] for check in entry.content["identity_checks"]] == people
    assert entry.signatures[0].signed_at < entry.signatures[1].signed_at


def test_a_second_check_that_waits_stands_on_my_work(bedside):
    """Of whoever can make it; not of the first, and not elsewhere."""
    first = bedside.first_part()
    link = f'href="{first.path}"'

    assert "A second check is waiting" in bedside.person(SECOND).browser.get("/").text
    assert link in bedside.person(THIRD).browser.get("/").text
    assert "A second check is waiting" not in first.browser.get("/").text
    assert link not in bedside.person("leo").browser.get("/").text


def test_the_second_may_use_the_same_device_after_signing_in(bedside):
    """Two sessions are what is asked, not two devices (SEC-29)."""
    first = bedside.first_part()
    first.browser.send("/sign-out", page="/")
    assert first.browser.sign_in(SECOND).status_code == 302
    first.take_up()

    assert first.asked == "Scan the order"


@pytest.mark.parametrize("shared", ["session", "credential"])
def test_the_second_shares_neither_session_nor_password_with_the_first(bedside, shared):
    """Whoever comes by what the first came by is the first, under whatever name (SEC-29)."""
    signed_in, scene = scene_of(bedside, bedside.second(bedside.first_part()))
    (first, *_), proven = scene.errand.parts, signed_in.proven
    as_the_first = {
        "session": replace(signed_in, session=first.session),
        "credential": replace(signed_in, proven=replace(proven, credential=first.proof.credential)),
    }

    assert why_not(scene, signed_in) is None
    assert why_not(scene, as_the_first[shared]).code == "SAME_SESSION"


def refused_as_second(bedside, username):
    """Why this person cannot make the second check."""
    path = bedside.first_part().path
    walker = bedside.person(username)
    walker.path = path
    answer = walker.take_up()
    return answer.status_code, answer.text


def test_the_first_is_not_the_second_in_another_session(bedside):
    """Two sign-ins of one person are one pair of eyes."""
    status, page = refused_as_second(bedside, FIRST)

    assert status == 409
    assert "SAME_PERSON" in page


def test_who_could_not_sign_the_second_check_does_not_begin_it(bedside):
    """A coordinator of the same site sees it, and is told who can."""
    status, page = refused_as_second(bedside, "carla")

    assert status == 409
    assert "SIGNER_NOT_ENTITLED" in page


def test_a_second_account_of_the_same_person_is_the_same_person(bedside):
    """Whoever has two accounts is still one pair of eyes."""
    first = bedside.first_part()
    add_account(bedside, "ivo2", FIRST)
    walker = bedside.person("ivo2")
    walker.path = first.path

    assert "SAME_PERSON" in walker.take_up().text


def add_account(bedside, username, of):
    """A second account of somebody, as a program with a bug would add it."""
    with bedside.installation.engine.begin() as connection:
        columns = [
            row[1] for row in connection.exec_driver_sql("PRAGMA table_info(account)").fetchall()
        ]
        row = dict(
            zip(
                columns,
                connection.exec_driver_sql(
                    f"SELECT {', '.join(columns)} FROM account WHERE username = '{of}'"  # noqa: S608 - a name of the cast
                ).fetchone(),
                strict=True,
            )
        )
        row["username"] = username
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(
            f"INSERT INTO account ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608 - as above
            tuple(row.values()),
        )


def test_a_signature_by_another_than_who_checked_signs_nothing(bedside):
    """The second's password in the session of the first."""
    walker = bedside.check(bedside.checking())
    answer = bedside.signs(walker, SECOND).answer

    assert answer.status_code == 409
    assert "SIGNER_IS_ANOTHER" in answer.text


def test_a_first_check_that_is_too_old_counts_no_longer(bedside):
    """Half an hour after it was signed, both begin again."""
    first = bedside.first_part()
    second = bedside.check(bedside.second(first))
    bedside.wait(31)
    later = bedside.person(SECOND)
    later.path = second.path
    later.take_up()
    bedside.signs(later, SECOND)

    assert "FIRST_CHECK_TOO_OLD" in later.page
    assert bedside.last().action != CHECK


def test_a_password_that_was_changed_between_the_two_parts_ends_the_step(bedside):
    """What the first signed with holds no longer (P11-300c)."""
    first = bedside.first_part()
    second = bedside.check(bedside.second(first))
    set_password(bedside.installation, bedside.ward.who(FIRST), "a new one that is long")
    bedside.signs(second, SECOND)

    assert "SIGNED_OUT" in second.page
    assert bedside.last().action != CHECK


def test_a_wrong_scan_counts_also_where_the_first_changed_their_password(bedside):
    """The bag that did not belong stands on record all the same."""
    second = bedside.second(bedside.first_part())
    set_password(bedside.installation, bedside.ward.who(FIRST), "a new one that is long")
    for code in (bedside.coi, bedside.band(), bedside.label(0, bedside.danae)):
        second.scan(code)

    assert 'class="verdict stopped"' in second.page
    assert bedside.last().kind == "refused"
    assert bedside.last(bedside.danae).kind == "incident"


def test_two_who_scanned_two_bags_are_stopped(bedside):
    """Each bag is the patient's; they do not mean the same one."""
    second = bedside.second(bedside.first_part(0))
    bedside.signs(bedside.check(second, 1), SECOND)

    assert "SCANNED_OTHERWISE" in second.page
    assert 'class="verdict stopped"' in second.page


def test_a_patient_who_says_something_else_to_the_second_stops_both(bedside):
    """What differs is named by its sort, never by its text."""
    second = bedside.second(bedside.first_part())
    for code in (bedside.coi, bedside.band(), bedside.label()):
        second.scan(code)
    second.send(**{**bedside.heard(), "said-birth_date": "1961-01-01"})
    second.send()
    bedside.signs(second, SECOND)

    assert "IDENTITY_DIFFERS" in second.page
    assert "1961-01-01" not in second.page


def test_the_last_signature_sent_twice_has_one_effect(bedside):
    """A double click, or a reply that was lost."""
    second = bedside.check(bedside.second(bedside.first_part()))
    entries = len(bedside.look().history)
    told = {"signer-1-username": SECOND, "signer-1-password": PASSWORD}
    sent = {"version": second.version, **told}
    answers = [second.send(**sent).status_code for _ in range(2)]

    assert answers[0] == 303
    assert len(bedside.look().history) == entries + 1


# -- whose step it is ------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["", "/now"])
def test_another_sites_step_answers_like_an_unknown_one(bedside, where):
    """To look at (SEC-07, SEC-27)."""
    path = bedside.checking().path
    jan = bedside.person("jan").browser

    found, unknown = jan.get(path + where), jan.get(f"/errands/{'0' * 32}{where}")

    assert found.status_code == unknown.status_code == 404
    shown = without_token(found.text).replace(path.rpartition("/")[2], "0" * 32)
    assert shown == without_token(unknown.text)


@pytest.mark.parametrize("where", ["", "/back", "/unread", "/typed", "/take-up", "/discard"])
def test_nobody_of_another_site_touches_a_step(bedside, where):
    """To send (SEC-07)."""
    walker = bedside.checking()
    jan = bedside.person("jan")
    csrf = token_on(jan.browser.get("/").text)
    answer = jan.browser.client.post(
        walker.path + where, data={"csrf_token": csrf, "version": "1", "code": bedside.coi}
    )

    assert answer.status_code == 404
    assert walker.asked == "Scan the order"


def test_a_colleagues_step_is_not_answered_without_going_on_with_it(bedside):
    """The scan of one is not the scan of another."""
    walker = bedside.checking()
    other = bedside.person(SECOND)
    other.path = walker.path

    assert other.send(version="1", code=bedside.coi).status_code == 409
    assert walker.asked == "Scan the order"


def test_who_has_no_role_for_a_step_does_not_begin_it(bedside):
    """They are told who does it."""
    page = bedside.person("leo").browser.get(f"/therapies/{bedside.coi}/actions/{CHECK}").text

    assert "This is not among your tasks here" in page
    assert "infusion nurse" in page
    assert bedside.person("leo").begin(bedside.coi, CHECK, WARD).answer.status_code == 409
