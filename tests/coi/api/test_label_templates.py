"""Programs look at label templates, and QA signs with them what it has looked at."""

from base64 import b64decode

import pytest

from coi.services.approvals import APPROVED, WITHDRAWN
from coi.services.keeping_templates import KEPT
from labels.templates import TEMPLATES, template_text
from tests.coi.own_templates import OWN_TUBE, own_text

PATH = "/label-templates/tube-label"
SEEN = {"sha256": TEMPLATES["tube-label"].sha256}


@pytest.fixture
def queenie(program):
    """The program of the QA reviewer."""
    return program("queenie")


def sign(program, method, body, meaning, key, version=""):
    """Send an approval or its end, signed."""
    path = f"{PATH}/approval{version}"
    grant = program.grant(meaning, method, path, key, body)
    told = {"Idempotency_Key": key, "Signature_Grant": grant}
    return program.send(method, path, body, **told)


def standing(program):
    """How the newest version stands."""
    return program.get(PATH).json["template"]["versions"][0]["standing"]


def test_an_approval_is_withdrawn_and_given_again(queenie):
    """Each signed by a grant of its own meaning."""
    gone = sign(queenie, "DELETE", {}, WITHDRAWN, "w", f"/{SEEN['sha256']}")
    between = standing(queenie)
    given = sign(queenie, "PUT", SEEN, APPROVED, "a")

    assert (gone.status_code, given.status_code) == (204, 204)
    assert (between, standing(queenie)) == ("withdrawn", "approved")


def test_another_template_than_was_looked_at_is_not_approved(queenie):
    """Nobody signs what they have not seen."""
    answer = sign(queenie, "PUT", {"sha256": "0" * 64}, APPROVED, "a")

    assert answer.status_code == 409
    assert "TEMPLATE_CHANGED" in answer.text


def test_a_version_that_there_is_not_is_not_withdrawn(queenie):
    """The one in force stays so: what is withdrawn is named by its hash."""
    answer = sign(queenie, "DELETE", {}, WITHDRAWN, "w", f"/{'0' * 64}")

    assert answer.status_code == 409
    assert "TEMPLATE_CHANGED" in answer.text
    assert standing(queenie) == "approved"


def test_a_template_is_tried_at_a_resolution(queenie):
    """What fits, what is read, and the picture of it."""
    tried = queenie.get(f"{PATH}?values=longest&dpi=203").json
    picture = queenie.get(f"{PATH}/preview?dpi=203")

    assert tried["problem"] == ""
    assert [one["text"] for one in tried["symbols"]] == ["SAMPLE-NOT-USABLE/NOT-USABLE-CODE"]
    assert picture.data.startswith(b"\x89PNG")


def test_a_resolution_that_no_printer_has_is_refused(queenie):
    """It is said what is wrong with the question."""
    assert queenie.get(f"{PATH}?dpi=72").status_code == 400


def test_a_text_is_tried_and_nothing_of_it_is_kept(queenie):
    """It has the hash that it would have as a file; the templates are those that there were."""
    text = template_text("tube-label", TEMPLATES["tube-label"].version)
    before = queenie.get("/label-templates").json

    tried = queenie.send("POST", "/label-template-trials", {"text": text, "dpi": 203}).json

    assert (tried["sha256"], tried["problems"], tried["problem"]) == (SEEN["sha256"], [], "")
    assert b64decode(tried["picture"]).startswith(b"\x89PNG")
    assert [one["text"] for one in tried["symbols"]] == ["SAMPLE-NOT-USABLE/NOT-USABLE-CODE"]
    assert queenie.get("/label-templates").json == before


@pytest.mark.parametrize("text", ["name: x", "\ud800", "&a [*a]", "[" * 1000])
def test_a_text_that_is_no_template_says_why(queenie, text):
    """An answer, with every problem: nobody's request was wrong."""
    tried = queenie.send("POST", "/label-template-trials", {"text": text})

    assert tried.status_code == 200
    assert tried.json["problems"] != []
    assert (tried.json["picture"], tried.json["fits"]) == ("", [])


def test_a_text_that_is_too_long_is_not_read(queenie):
    """The description says how long one is."""
    answer = queenie.send("POST", "/label-template-trials", {"text": "x" * 65_537})

    assert answer.status_code == 400


def keep(program, text, key="k", reason="Tubes of the new supplier"):
    """Send a text of the site's own, signed."""
    body = {"text": text, "reason": reason}
    grant = program.grant(KEPT, "POST", "/label-templates", key, body)
    told = {"Idempotency_Key": key, "Signature_Grant": grant}
    return program.send("POST", "/label-templates", body, **told)


def test_a_text_is_kept_and_another_approves_it(queenie):
    """It is answered with the hash to approve; who kept it is refused."""
    kept = keep(queenie, own_text()).json
    path, body = f"/label-templates/{OWN_TUBE}", {"sha256": kept["sha256"]}
    grant = queenie.grant(APPROVED, "PUT", f"{path}/approval", "a", body)
    told = {"Idempotency_Key": "a", "Signature_Grant": grant}

    refused = queenie.send("PUT", f"{path}/approval", body, **told)

    (version,) = queenie.get(path).json["template"]["versions"]
    assert (kept["name"], kept["version"]) == (OWN_TUBE, 1)
    assert (version["standing"], version["sha256"]) == ("never approved", kept["sha256"])
    assert version["kept"]["by"] == "Queenie Quality"
    assert version["kept"]["reason"] == "Tubes of the new supplier"
    assert refused.status_code == 409
    assert "APPROVER_IS_AUTHOR" in refused.text


def test_a_text_that_cannot_be_kept_says_why(queenie):
    """Everything that is wrong with it; nothing is recorded."""
    answer = keep(queenie, own_text(name="mine"))

    assert answer.status_code == 422
    assert "begins with" in answer.text
    assert OWN_TUBE not in queenie.get("/label-templates").text
