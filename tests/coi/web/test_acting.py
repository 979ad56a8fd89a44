"""Taking a step on a page: the form, what becomes of it, and what is never lost."""

import re

import pytest
from werkzeug.datastructures import MultiDict

from coi.demo.cast import PASSWORD
from coi.services.therapies import look


def form_on(page):
    """What a browser would send from this page, if nobody typed anything."""
    form = page[page.index('class="action"') :]
    found = MultiDict()
    for tag in re.findall(r"<input [^>]*>", form):
        told = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if told.get("type") in {"radio", "checkbox"} and " checked" not in tag:
            continue
        found.add(told["name"], told.get("value", ""))
    for name, options in re.findall(r'<select id="([^"]+)"(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found.add(name, chosen[1] if chosen else "")
    for name in re.findall(r'<textarea id="([^"]+)"', form):
        found.add(name, "")
    return found


def step(browser, path, **typed):
    """Open a form, fill it in, and send it; a name's `__` stands for the hyphen."""
    found = form_on(browser.get(path).text)
    found.update({name.replace("__", "-"): text for name, text in typed.items()})
    return send(browser, path, found)


def send(browser, path, form):
    """Send a form as it is."""
    return browser.client.post(path, data=form)
