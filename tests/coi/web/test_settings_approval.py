"""The page of the record, where quality assurance approves what was set otherwise."""

import re
from dataclasses import replace

from coi.demo.cast import PASSWORD
from coi.services.served import note_served


def test_quality_assurance_approves_a_change_of_settings_on_the_page(installation, someone):
    """Old and new stand there; a reason that is text is shown as text (A11-10)."""
    now = installation.clock.now()
    note_served(installation, "server", now, follows=True)
    other = replace(installation, settings=replace(installation.settings, help_line="<b>112"))
    note_served(other, "server", now, follows=True)
    queenie = someone("queenie")
    shown, others = queenie.get("/record").text, someone("carla").get("/record").status_code
    told = {"digest": re.search(r'name="digest" value="([^"]+)"', shown)[1], "why": "<i>Asked."}

    wrong = queenie.send("/record/settings", page="/record", **told, password="not it")
    right = queenie.send("/record/settings", page="/record", **told, password=PASSWORD)
    after = queenie.get("/record").text

    assert "not approved" in shown
    assert "“”, now “&lt;b&gt;112”" in shown
    assert (wrong.status_code, right.status_code, others) == (401, 303, 403)
    assert "&lt;i&gt;Asked." in wrong.text
    assert "not approved" not in after
    assert "&lt;i&gt;Asked." in after
    assert "I have seen what was set otherwise, and approve it: Queenie Quality" in after
