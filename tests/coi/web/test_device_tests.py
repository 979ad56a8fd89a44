"""The page on which a device is tested, and the warning on each page until then."""

import re
from html import unescape

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
    assert '<li class="right"><code>0</code></li>' in queenie.get(PAGE).text
    assert "<li class" not in queenie.get(PAGE).text


def test_what_a_script_heard_is_shown_character_by_character(someone):
    """With what stands around the code, and what this device can take off; nothing of it runs."""
    nina = someone("nina")
    code = re.findall(r'It says <code class="whole">([^<]+)</code>', nina.get(PAGE).text)[2]
    heard = f"\u2402<b>{unescape(code)}\u240d"

    shown = nina.send(f"{PAGE}/try", page=PAGE, code="x", sent=heard).text
    taken_off = nina.send(f"{PAGE}/try", page=PAGE, code="x", sent=heard, before="\u2402<b>").text

    assert "The scanner adds “&lt;STX&gt;&lt;b&gt;” before the code." in shown
    assert 'data-before="\u2402&lt;b&gt;" data-after=""' in shown
    assert '<li class="added"><code>&lt;STX&gt;</code> <span>too many</span></li>' in shown
    assert '<li class="right"><code>&lt;CR&gt;</code></li>' in shown
    assert "This device reads what is there" in taken_off
    assert '<li class="left-out"><code>&lt;b&gt;</code>' not in taken_off
    assert '<li class="left-out"><code>&lt;</code> <span>left out</span></li>' in taken_off


def test_what_is_wrong_with_a_keyboard_is_told_in_german(someone):
    """What the scanner types as, how the computer is set, and what to do."""
    nina = someone("nina")
    code = re.findall(r'It says <code class="whole">([^<]+)</code>', nina.get(PAGE).text)[0]
    sent = unescape(code).translate(str.maketrans("yzYZ-=+/:&", "zyZYß\N{ACUTE ACCENT}`-Ö/"))
    nina.client.set_cookie("coi-language", "de")

    shown = nina.send(f"{PAGE}/try", page=PAGE, code="x", sent=sent).text

    assert "Scanner: englisch (US); Computer: deutsch." in shown
    assert "Stellen Sie den Scanner auf diese Tastatur ein: deutsch." in shown
    assert "Hinter dem Code kam kein Enter." in shown


def test_an_enter_alone_that_was_heard_is_no_reading(someone):
    """What stands in the field counts then: a scanner that sends no Enter reads all the same."""
    nina = someone("nina")
    code = unescape(
        re.search(r'It says <code class="whole">([^<]+)</code>', nina.get(PAGE).text)[1]
    )

    shown = nina.send(f"{PAGE}/try", page=PAGE, code=code, sent="\u240d").text

    assert "This device reads what is there" in shown
    assert "Nothing came" not in shown
