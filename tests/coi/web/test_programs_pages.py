"""The pages of programs: what an administrator does for them, and the token that is shown once."""

import re

import pytest

from coi.errors import NotSignedIn
from coi.services import programs
from coi.services.tokens import resume_token
from tests.cast import WHY

HOSTILE = "O'Gateway <b>"


def opened(administrator, username="gateway", name="Order gateway"):
    """Open an account for a program on its page."""
    told = {"username": username, "printed_name": name, "unit": "north-ward"}
    return administrator.send("/programs/new", page="/programs/new", **told)


def send(administrator, deed, username="gateway", **fields):
    """Send a form of a program's page."""
    page = f"/programs/{username}"
    keys = re.findall(r'name="key" value="([^"]+)"', administrator.get(page).text)
    return administrator.send(f"{page}/{deed}", page=page, **{"key": keys[0], "why": WHY, **fields})


def with_role(administrator):
    """Let the program be a coordinator of North Hospital's ward."""
    opened(administrator)
    told = {"role": "coordinator", "unit": "north-ward", "holds": "1"}
    return send(administrator, "roles", **told)


def made(administrator, **fields):
    """Make a token on the program's page."""
    told = {"name": "Orders", "scopes": "orders:write", "sites": "north", "days": "90"}
    told["password"] = "the keys of the house"
    return send(administrator, "tokens", **told | fields)


def token_on(answer):
    """The token that a page shows."""
    return re.findall(r'<p class="huge-code" id="shown">([^<]+)</p>', answer.text)[0]


@pytest.mark.parametrize("path", ["/programs", "/programs/new", "/programs/gateway"])
@pytest.mark.parametrize("username", ["nina", "queenie"])
def test_whoever_does_not_administer_sees_no_programs(someone, path, username):
    """Known names and unknown ones are answered alike."""
    assert someone(username).get(path).status_code == 403


def test_where_there_is_none_the_page_says_what_they_are(administrator):
    """An empty list teaches."""
    assert "It cannot sign, check or decide" in administrator.get("/programs").text


def test_from_the_account_to_the_token(administrator, installation):
    """An account, a role, a token: what the page shows opens what it says, and is in it twice."""
    with_role(administrator)

    answer = made(administrator)

    token = token_on(answer)
    found = resume_token(installation, token)
    assert (found.person.username, found.scopes) == ("gateway", {"orders:write"})
    assert f'readonly value="{token}"' in answer.text


def test_a_token_is_shown_once(administrator):
    """Neither the program's page nor the list has it, and a form that comes twice makes one."""
    with_role(administrator)
    token = token_on(made(administrator, key="once"))

    again = made(administrator, key="once")

    assert again.status_code == 422
    assert "shown once already" in again.text
    for path in ("/programs", "/programs/gateway"):
        assert token not in administrator.get(path).text


def test_revoked_on_its_page_it_opens_nothing(administrator, installation):
    """And the page says so."""
    with_role(administrator)
    token = token_on(made(administrator))
    (one,) = programs.program(installation, "gateway").tokens

    send(administrator, "revoke", token=one.id)

    with pytest.raises(NotSignedIn):
        resume_token(installation, token)
    assert "revoked" in administrator.get("/programs").text


def test_closed_it_stays_in_the_list_and_offers_nothing(administrator):
    """Its name is taken for ever."""
    with_role(administrator)
    send(administrator, "close")

    page = administrator.get("/programs/gateway").text

    assert "account closed" in page
    assert "Make a token" not in page
    assert opened(administrator).status_code == 422


@pytest.mark.parametrize(
    "fields", [{"days": "many"}, {"days": "400"}, {"scopes": "sign"}, {"sites": "south"}]
)
def test_a_token_that_should_not_be_is_refused_and_the_form_is_kept(administrator, fields):
    """What was typed stands where it stood."""
    with_role(administrator)

    answer = made(administrator, name="For the ward", **fields)

    assert answer.status_code == 422
    assert 'value="For the ward"' in answer.text


def test_a_role_of_those_who_decide_is_not_given(administrator):
    """Whatever is sent: the list of the form is not the lock."""
    opened(administrator)

    answer = send(administrator, "roles", role="qa_reviewer", unit="north-ward", holds="1")

    assert answer.status_code == 403
    assert "NOT_FOR_PROGRAMS" in answer.text


def test_a_person_is_no_program_and_a_program_no_person(administrator):
    """Each is found on its own page, and among its own kind."""
    opened(administrator)

    assert administrator.get("/programs/nina").status_code == 404
    assert administrator.get("/people/gateway").location == "/programs/gateway"
    assert "gateway" not in administrator.get("/people?q=gateway").text.split("</form>")[-1]


def test_a_name_with_markup_is_text(administrator):
    """Whoever names a program writes no page."""
    answer = opened(administrator, "quoted", HOSTILE)

    page = administrator.get("/programs/quoted").text
    assert answer.status_code == 303
    assert "O&#39;Gateway &lt;b&gt;" in page


@pytest.mark.parametrize("password", ["", "not the keys"])
def test_a_token_takes_the_password(administrator, installation, password):
    """Whoever finds an open session takes nothing along that outlives it (SEC-15)."""
    with_role(administrator)

    answer = made(administrator, password=password)

    assert (answer.status_code, "WRONG_PASSWORD" in answer.text) == (401, True)
    assert 'value="Orders"' in answer.text
    assert programs.program(installation, "gateway").tokens == ()
