"""Filling in the form of a step as a browser would, from what the performer would ask for."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from coi.demo.cast import PASSWORD
from coi.demo.performer import Performer, Wish
from coi.services.attempt import TakeAction
from coi.services.forms import is_guided
from coi.services.proofs import JustProven, Signer
from coi.services.receipts import Receipt
from coi.services.therapies import TherapyView, look
from tests.coi.web.browser import Browser
from tests.coi.web.walk import walk
from workflows.facts import Mode

Form = MultiDict[str, str]


def path_of(coi: str, action: str, mode: Mode = Mode.ASK) -> str:
    """The address of an action's form."""
    way = "late" if mode is Mode.LATE else "actions"
    return f"/therapies/{coi}/{way}/{action}"


def form_on(page: str) -> Form:
    """What a browser would send from this page, if nobody typed anything."""
    form = page[page.index('class="action"') :]
    found: Form = MultiDict()
    for tag in re.findall(r"<input [^>]*>", form):
        told = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if told.get("type") not in {"radio", "checkbox"} or " checked" in tag:
            found.add(told["name"], told.get("value", ""))
    for name, options in re.findall(r'<select id="([^"]+)"(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    for name, text in re.findall(r'<textarea id="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found[name] = text
    return found


def filled_in(page: str, wanted: TakeAction, signers: tuple[Signer, ...]) -> Form:
    """The form of a page with all that the performer would ask for, as somebody types it."""
    told = form_on(page)
    put(told, _of_request(wanted))
    told.setlist("named", list(wanted.named))
    for name in set(re.findall(r'name="((?:value|new)-[^"]+)"', page)):
        told[name] = wanted.values.get(name.rpartition("-")[2], "")
    for n, signer in enumerate(signers, start=1):
        told[f"signer-{n}-username"] = signer.username
        told[f"signer-{n}-password"] = PASSWORD
    for n, stated in enumerate(wanted.stated, start=1):
        put(told, {f"said-{n}-{name}": text for name, text in stated.identifiers.items()})
        told["source"] = stated.source
    return told


def put(form: Form, texts: Mapping[str, str]) -> None:
    """Type these texts in the place of what is there."""
    for name, text in texts.items():
        form[name] = text


def _of_request(wanted: TakeAction) -> dict[str, str]:
    """What is said once, as far as the action asks for it."""
    told = {
        "unit": wanted.unit,
        "codes": "\r\n".join(code.raw for code in wanted.codes),
        "scanned": "\r\n".join(code.raw for code in wanted.codes),
        "consignee": wanted.consignee.strip("-"),
        "happened_at": wanted.happened_at.isoformat() if wanted.happened_at else "",
    }
    born = Counter(new.machine for new in wanted.births)
    told |= {f"count-{machine}": str(number) for machine, number in born.items()}
    return {name: text for name, text in told.items() if text}


def send(browser: Browser, wanted: TakeAction, signers: tuple[Signer, ...]) -> TestResponse:
    """Open the form, fill it in, and send it."""
    path = path_of(wanted.coi, wanted.action, wanted.mode)
    page = browser.get(path).text
    if numbers := {n: t for n, t in _of_request(wanted).items() if f'id="{n}"' in page}:
        drawn = form_on(page)
        put(drawn, {**numbers, "redraw": "1"})
        page = browser.client.post(path, data=drawn).text
    told = filled_in(page, wanted, signers)
    return browser.client.post(path, data=_known(told, page))


def _known(told: Form, page: str) -> Form:
    """Without what the page has no field for: the performer says more than a page asks."""
    names = set(re.findall(r'name="([^"]+)"', page))
    return MultiDict((n, text) for n, text in told.items(multi=True) if n in names)


def why_not(page: str) -> list[str]:
    """What a page says is wrong."""
    return re.findall(r"<li>(?:<a href=|<strong>)(.*?)</li>", page, re.DOTALL)


_NO_WISH = Wish()


@dataclass(slots=True)
class AtThePages(Performer):
    """The performer, who takes every step on its page."""

    app: Flask = field(kw_only=True)

    def do(
        self, coi: str, name: str, wish: Wish = _NO_WISH, view: TherapyView | None = None
    ) -> Receipt:
        """Take the action as its people do: they sign in, open the form, fill it in, send it."""
        before = view or look(self.installation, coi)
        wanted, actor, signers = self.request(coi, name, wish, before)
        self.before_release(name, wish, before, actor)
        if wanted.mode is Mode.ASK and is_guided(before.workflow.actions[name]):
            page = walk(self.app, wanted, signers)
            assert 'class="verdict matched"' in page, f"{name}: {page}"
        else:
            answer = send(self._browser_of(actor), wanted, signers)
            assert answer.status_code == 303, f"{name}: {why_not(answer.text)}"
        after = look(self.installation, coi)
        newest = after.history[-1]
        for band in newest.content.get("wristbands", ()):
            self.wristbands[after.therapy.patient] = str(band["serial"])
        return Receipt(coi, newest.seq, newest.hash, name)

    def _browser_of(self, actor: JustProven) -> Browser:
        browser = Browser(self.app.test_client())
        browser.sign_in(actor.username)
        return browser
