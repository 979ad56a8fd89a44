"""Walking through the screens of a guided step as its people would, each in an own browser."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from coi.demo.cast import PASSWORD
from coi.demo.filing import LOGGER
from coi.services.attempt import TakeAction
from coi.services.proofs import Signer
from tests.coi.web.browser import Browser

MOST_SCREENS = 60


def start_of(coi: str, action: str) -> str:
    """The address at which a step begins."""
    return f"/therapies/{coi}/actions/{action}"


@dataclass
class Walker:
    """One person at one step: what they see, and what they answer."""

    browser: Browser
    path: str = ""
    answer: TestResponse | None = None

    @property
    def page(self) -> str:
        """The page that is shown now."""
        return self.browser.get(self.path).text

    @property
    def asked(self) -> str:
        """The heading of the present screen."""
        found = re.search(r'<h1[^>]*id="asked"[^>]*>(.*?)</h1>', self.page)
        return found[1] if found else ""

    @property
    def version(self) -> str:
        """The version that the present screen answers."""
        found = re.search(r'name="version" value="(\d+)"', self.page)
        return found[1] if found else "0"

    def begin(self, coi: str, action: str, unit: str = "", *codes: str) -> "Walker":
        """Press Begin."""
        told = hidden_on(self.browser.get(self._way_into(coi, action, codes)).text)
        # Whoever may not begin is shown no form: they send one all the same.
        told.setdefault("csrf_token", token_on(self.browser.get("/").text))
        if unit:
            told["unit"] = unit
        self.answer = self.browser.client.post(start_of(coi, action), data=told)
        if self.answer.status_code == 303:
            self.path = self.answer.headers["Location"]
        return self

    def _way_into(self, coi: str, action: str, codes: tuple[str, ...]) -> str:
        """The address of a step; from the scan box's answer, where something was scanned before."""
        if not codes:
            return start_of(coi, action)
        told = MultiDict([("csrf_token", token_on(self.browser.get("/").text))])
        for code in codes:
            told.update({"code": code, "how": "scanned"})
        page = self.browser.client.post("/scan", data=told).text
        found = re.search(rf'href="({start_of(coi, action)}\?[^"]+)"', page)
        assert found is not None, page
        return unescape(found[1])

    def send(self, where: str = "", **fields: str) -> TestResponse:
        """Answer the present screen, or press another of its buttons."""
        # A verdict has no form: whoever sends one all the same takes the token of another page.
        token = token_on(self.page) or token_on(self.browser.get("/").text)
        told = {"csrf_token": token, "version": self.version, **fields}
        self.answer = self.browser.client.post(self.path + where, data=told)
        return self.answer

    def scan(self, code: str) -> TestResponse:
        """Let the scanner type a code, with its Enter, before the eyes of the page's script."""
        return self.send(code=code, how="scanned")

    def take_up(self) -> TestResponse:
        """Go on with it here."""
        return self.send("/take-up")


def stepwise(walker: Walker, wanted: TakeAction, **typed: str) -> Walker:
    """Press “Go on screen by screen” in the form of a step."""
    path = start_of(wanted.coi, wanted.action)
    page = walker.browser.get(path).text
    told = {"csrf_token": token_on(page), "key": wanted.key, "unit": wanted.unit, "stepwise": "1"}
    walker.answer = walker.browser.client.post(path, data={**told, **typed})
    walker.path = walker.answer.headers.get("Location", "")
    return walker


def token_on(page: str) -> str:
    """The token that a page's forms hold; '' where it has none."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    return found[1] if found else ""


def hidden_on(page: str) -> MultiDict[str, str]:
    """What the form of a start screen sends, if nobody chooses anything."""
    form = page[page.index('aria-labelledby="begin"') :]
    found: MultiDict[str, str] = MultiDict()
    for tag in re.findall(r"<input [^>]*>", form):
        told = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if told.get("type") == "hidden" or " checked" in tag:
            found.add(told["name"], told.get("value", ""))
    return found


@dataclass(frozen=True)
class Told:
    """What one person of a step has to say on its screens."""

    wanted: TakeAction
    signers: tuple[Signer, ...]
    number: int  # which of two, from 0

    def answers(self, page: str) -> list[dict[str, Any]]:
        """What is sent from the present screen, one form after the other."""
        names = set(re.findall(r'name="([^"]+)"', page[page.index('class="step"') :]))
        heading = re.search(r'id="asked">(.*?)</h1>', page)
        if "code" in names:
            return self._codes(heading[1] if heading else "")
        told: dict[str, Any] = {}
        for name in names:
            if name.startswith("file-value-"):
                self._hand_in(name, told)
            elif (text := self._text(name)) is not None:
                told[name] = text
        return [told]

    def _hand_in(self, name: str, told: dict[str, Any]) -> None:
        """Choose a file, where one is to be recorded."""
        if self.wanted.values.get(name.removeprefix("file-value-")):
            told[name] = (BytesIO(LOGGER), "logger.csv")

    def _codes(self, heading: str) -> list[dict[str, str | list[str]]]:
        order, band = self.wanted.coi, "W-"
        every = [code.raw for code in self.wanted.codes]
        scanned = [{"code": raw, "how": "scanned"} for raw in every]
        if "order" in heading:
            return [{"code": order, "how": "scanned"}]
        if "shipper" in heading and self.wanted.action == "pack":
            return [each for each in scanned if "/" not in each["code"]]
        if "wristband" in heading:
            return [each for each in scanned if each["code"].startswith(band)]
        things = [each for each in scanned if each["code"] != order]
        if self.wanted.action == "pack":
            things = [each for each in things if "/" in each["code"]]
        return [*(each for each in things if not each["code"].startswith(band)), {"done": "1"}]

    def _text(self, name: str) -> str | list[str] | None:
        """What a field is filled with; None leaves it alone."""
        wanted = self.wanted
        if name.startswith("said-"):
            return self._stated().get(name.removeprefix("said-"), "")
        if name.startswith("count-"):
            return str(Counter(new.machine for new in wanted.births)[name.removeprefix("count-")])
        if name.startswith(("value-", "new-")):
            return wanted.values.get(name.rpartition("-")[2], "")
        if match := re.fullmatch(r"signer-(\d+)-(username|password)", name):
            signer = self.signers[self.number + int(match[1]) - 1]
            return signer.username if match[2] == "username" else PASSWORD
        plain = {"source": "patient", "consignee": wanted.consignee, "named": list(wanted.named)}
        plain |= {"bench": wanted.bench}
        return plain.get(name)

    def _stated(self) -> Mapping[str, str]:
        username = self.signers[self.number].username
        return next((s.identifiers for s in self.wanted.stated if s.username == username), {})


def go_through(walker: Walker, told: Told, until: str = "") -> str:
    """Answer every screen until there is none, or this one; returns the page that is shown then."""
    for _ in range(MOST_SCREENS):
        page = walker.page
        if 'class="step"' not in page or (until and walker.asked == until):
            return page
        for fields in told.answers(page):
            if "done" in fields and 'name="done"' not in walker.page:
                continue
            walker.send(**fields)  # type: ignore[arg-type]
            assert walker.answer is not None
            assert walker.answer.status_code == 303, walker.answer.text
    raise AssertionError("the screens have no end")


def walk(app: Flask, wanted: TakeAction, signers: tuple[Signer, ...]) -> str:
    """Take a guided step as its people would; returns the last page."""
    first = Walker(signed_in(app, signers[0].username)).begin(
        wanted.coi, wanted.action, wanted.unit
    )
    assert first.path, first.answer and first.answer.text
    page = go_through(first, Told(wanted, signers, 0))
    if "Your part is in" in page:
        second = Walker(signed_in(app, signers[1].username), first.path)
        second.take_up()
        page = go_through(second, Told(wanted, signers, 1))
    return page


def signed_in(app: Flask, username: str) -> Browser:
    """A browser in which this person is signed in."""
    browser = Browser(app.test_client())
    assert browser.sign_in(username).status_code == 302
    return browser
