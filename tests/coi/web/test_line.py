"""What a page's script asks before a form goes: whether there is a line, and who is here."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from coi.settings import Settings

LINE, QUIETLY = "/line", "/line?by_itself=1"
IDLE = timedelta(minutes=15)
FORM = "/therapies/{}/actions/record_consent"


def test_nobody_is_told_but_that_there_is_a_line(browser):
    """No token, no cookie, nothing to keep; and the door is where it was."""
    answer = browser.get(LINE)

    assert (answer.status_code, answer.json) == (200, {"who": ""})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_a_page_and_the_line_say_the_same_of_who_is_here_and_no_name(someone):
    """In each session of a person the same, and of nobody else."""
    nina, nora = someone("nina"), someone("nora")
    told = nina.get(LINE).json["who"]

    assert f'data-who="{told}"' in nina.get("/account").text
    assert nora.get(LINE).json["who"] not in {"", told}
    assert "nina" not in told
    assert someone("nina").get(LINE).json["who"] == told


def test_who_signed_in_anew_sends_the_form_with_what_the_line_tells(someone):
    """The form is of the session before; the token is of this one."""
    nina = someone("nina")
    nina.send("/sign-out", page="/")
    nina.sign_in("nina")

    answers = [
        nina.client.post("/scan", data={"csrf_token": token, "code": "x"})
        for token in ("of the session before", nina.get(LINE).json["csrf_token"])
    ]

    assert answers[0].status_code == 400
    assert "opened before you signed in" in answers[0].text
    assert answers[1].status_code == 200


def test_another_site_cannot_read_it(someone):
    """It says to no browser that anybody else may (SEC-16)."""
    answer = someone("nina").client.get(LINE, headers={"Origin": "https://evil.example"})

    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_asking_before_a_form_goes_writes_nothing_and_reads_the_session_alone(
    someone, installation
):
    """So it is not felt; it is no use of the session either, which the form itself is."""
    nina, asked = someone("nina"), []
    installation.clock.advance(IDLE / 2)

    @event.listens_for(installation.engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, *_more):
        asked.append(statement.split()[0])

    nina.get(QUIETLY)

    assert set(asked) <= {"SELECT", "BEGIN", "PRAGMA"}
    assert asked.count("SELECT") <= 8


def stays(browser, clock, path):
    """For how long somebody is known here who asks for this once a minute; at most a day."""
    for minute in range(24 * 60):
        clock.advance(timedelta(minutes=1))
        if not browser.get(path).json["who"]:
            return minute + 1
    return None


@pytest.mark.parametrize(
    ("path", "minutes"),
    [(LINE, Settings.from_environment({}).session_hours * 60), (QUIETLY, 15)],
    ids=["who types", "who is silent"],
)
def test_typing_keeps_a_session_silence_ends_it_and_so_does_its_time(
    someone, installation, path, minutes
):
    """Once a minute while somebody types; the absolute end comes in spite of it (SEC-14)."""
    found = stays(someone("nina"), installation.clock, path)

    # Each look at the clock of this world takes a moment of its own.
    assert minutes - 3 < found <= minutes


@pytest.mark.parametrize(
    ("path", "back"),
    [(FORM, FORM), ("/account/statement", None), ("/scan", None), ("/people/new", "/people/new")],
)
def test_a_form_that_is_sent_too_late_leads_back_to_its_page(
    someone, installation, lives, path, back
):
    """Through the door, also without a script; where there is no such page, to one's work."""
    nina, coi = someone("nina"), lives.cois["dispensed"]
    installation.clock.advance(IDLE)

    answer = nina.client.post(path.format(coi), data={"x": "y"})

    shown = f"?next={back.format(coi)}" if back else ""
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/sign-in{shown}")
