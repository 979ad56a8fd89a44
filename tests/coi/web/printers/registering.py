"""A printer of the works, registered from its page by quality assurance."""

import re

from coi.demo.cast import PASSWORD

UNIT = "works-production"
REGISTER = "/printer-register"


def key_on(browser, page):
    """The key of the form on a page."""
    return re.search(r'name="key" value="([^"]+)"', browser.get(page).text)[1]


def register(browser, address, **changes):
    """Send the form for a new printer."""
    told = {"unit": UNIT, "name": "Desk", "address": address, "password": PASSWORD}
    told |= {"media_type": "application/vnd.zebra-zpl", "dpi": "203"}
    told |= {"width_mm": "100", "height_mm": "50", "key": key_on(browser, REGISTER)}
    return browser.send(REGISTER, page=REGISTER, **(told | changes))
