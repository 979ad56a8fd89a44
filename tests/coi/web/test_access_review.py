"""The page on which quality assurance reviews who has which access."""

import re
from dataclasses import replace

from coi.app import create_app
from coi.demo.cast import PASSWORD
from coi.services.people import set_password
from tests.coi.web.browser import Browser

PAGE = "/access/review"
KEYS = "the keys of the house"
OVERDUE = "It is overdue that quality assurance"


def digest_on(page):
    """What the form says was shown."""
    return re.search(r'name="digest" value="([0-9a-f]{64})"', page)[1]


def test_quality_assurance_signs_for_the_list_on_its_page(someone, administrator):
    """Others see the list and when it was reviewed; what is refused keeps what was typed."""
    queenie = someone("queenie")
    shown, others = queenie.get(PAGE).text, administrator.get(PAGE).text
    digest, remark = digest_on(shown), "<b>Nina</b> has left."

    wrong = queenie.send(PAGE, page=PAGE, digest=digest, remark=remark, password="not it")
    stale = queenie.send(PAGE, page=PAGE, digest="0" * 64, remark=remark, password=PASSWORD)
    signed = queenie.send(PAGE, page=PAGE, digest=digest, remark=remark, password=PASSWORD)
    after = administrator.get(PAGE).text

    assert "It was never reviewed" in shown
    assert ('name="digest"' in others, "<code>nina</code>" in others) == (False, True)
    assert (wrong.status_code, stale.status_code, signed.status_code) == (401, 422, 303)
    assert "&lt;b&gt;Nina&lt;/b&gt; has left." in wrong.text
    assert "changed meanwhile" in stale.text
    assert "&lt;b&gt;Nina&lt;/b&gt; has left." in after
    assert "It was never reviewed" not in after
    assert "I have reviewed who has which access: Queenie Quality" in after


def test_what_is_overdue_stands_on_the_first_page_of_those_concerned(app, installation, root):
    """Quality assurance and administrators; nobody else is told, and nobody is shut out."""
    set_password(installation, root, KEYS)
    every = {"access_review_days": 0, "evaluation_days": 0, "archive_check_days": 0}
    late = create_app(replace(installation, settings=replace(installation.settings, **every)))
    told = {}
    for username in ("queenie", "root", "nina"):
        for name, served in (("in time", app), ("late", late)):
            browser = Browser(served.test_client())
            secret = KEYS if username == "root" else PASSWORD
            assert browser.sign_in(username, secret).status_code == 302
            told[username, name] = browser.get("/").text.count(OVERDUE)

    assert {one: times for one, times in told.items() if times} == {
        ("queenie", "late"): 3,
        ("root", "late"): 3,
    }
