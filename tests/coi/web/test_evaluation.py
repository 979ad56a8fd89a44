"""The page on which quality assurance evaluates the system."""

import re

from coi.demo.cast import PASSWORD

PAGE = "/evaluation"


def fields_on(page):
    """What the form says was shown."""
    return dict(re.findall(r'name="(until|digest)" value="([^"]+)"', page))


def test_quality_assurance_signs_for_the_report_on_its_page(someone, administrator):
    """Others read it; what is refused keeps what was typed."""
    queenie = someone("queenie")
    shown, others = fields_on(queenie.get(PAGE).text), administrator.get(PAGE).text
    remark = "<b>Backups</b> are tried too seldom."

    wrong = queenie.send(PAGE, page=PAGE, **shown, remark=remark, password="not it")
    stale = queenie.send(
        PAGE, page=PAGE, **{**shown, "digest": "0" * 64}, remark=remark, password=PASSWORD
    )
    signed = queenie.send(PAGE, page=PAGE, **shown, remark=remark, password=PASSWORD)
    after = administrator.get(PAGE).text

    assert fields_on(others) == {}
    assert "It was never evaluated" in others
    assert (wrong.status_code, stale.status_code, signed.status_code) == (401, 422, 303)
    assert "&lt;b&gt;Backups&lt;/b&gt; are tried too seldom." in wrong.text
    assert "changed meanwhile" in stale.text
    assert "&lt;b&gt;Backups&lt;/b&gt; are tried too seldom." in after
    assert "I have evaluated the system, and what has happened since" in after
