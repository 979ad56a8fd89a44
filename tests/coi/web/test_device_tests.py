"""The page on which a device is tested, and the warning on each page until then."""

import re

from tests.coi.web.test_devices import register

PAGE = "/devices/test"
OVERDUE = "The test of this device is overdue"


def test_a_device_is_tested_on_its_page_and_warns_until_then(someone):
    """It is shown as a picture and in letters; what was read otherwise is said (P11-300e)."""
    queenie, nina = someone("queenie"), someone("nina")
    register(queenie)
    queenie.sign_in("queenie")
    warned, elsewhere = queenie.get("/").text, nina.get("/").text
    shown = queenie.get(PAGE).text
    code = re.search(r'It says <code class="whole">([^<]+)</code>', shown)[1]

    typed = queenie.send(PAGE, page=PAGE, code=code.replace("&amp;", "&"), how="typed")
    wrong = queenie.send(PAGE, page=PAGE, code="<b>other", how="scanned")
    after_wrong = queenie.get(PAGE).text
    code = re.search(r'It says <code class="whole">([^<]+)</code>', after_wrong)[1]
    right = queenie.send(PAGE, page=PAGE, code=code.replace("&amp;", "&"), how="scanned")

    assert (OVERDUE in warned, OVERDUE in elsewhere) == (True, False)
    assert ("<svg" in shown, "never tested" in shown) == (True, True)
    assert (typed.status_code, "it was typed" in typed.text) == (422, True)
    assert (wrong.status_code, right.status_code) == (200, 303)
    assert "Other characters came than stand there." in wrong.text
    assert "&lt;" in wrong.text
    assert "<b>other" not in wrong.text
    assert "read something else" in after_wrong
    assert OVERDUE not in queenie.get("/").text
    assert "tested <time" in queenie.get("/devices").text
    assert "This device is not registered" in nina.get(PAGE).text
