"""One person with a device of their own: a browser that remembers what went wrong in it."""

from dataclasses import dataclass, field
from pathlib import Path
from time import time

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response

from coi.demo.cast import PASSWORD

_TOLD_BY_STATUS = "Failed to load resource"
"""How Chromium tells a page that says no; of what belongs to a page, `_note_answer` tells it."""

A_KEY_TAKES = 0.005
"""Seconds, for a scanner."""

MOST_TABS = 60
BETWEEN_KEYS_MS = 60
"""Of a hand; what is quicker counts as a scanner."""

_IN_FOCUS = """() => {
  const it = document.activeElement;
  return [it.innerText, it.name, it.getAttribute('aria-label'), it.labels?.[0]?.innerText];
}"""
_RELOADS_ITSELF = "[data-watch]"


@dataclass
class Person:
    """Somebody in front of a page; without slots, since Playwright notes its handlers here too."""

    username: str
    context: BrowserContext
    page: Page
    troubles: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)  # everything that was asked for
    titles: set[str] = field(default_factory=set)
    left: list[Page] = field(default_factory=list)  # tabs that were closed on the way

    @classmethod
    def at(cls, username: str, context: BrowserContext) -> "Person":
        """Somebody who opens a browser; from then on all that goes wrong in it is noted."""
        person = cls(username, context, context.new_page())
        person.watch(person.page)
        return person

    def watch(self, page: Page) -> None:
        """Note what goes wrong on a page, and where it went."""
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("requestfailed", lambda asked: self._note_loss(page, asked))
        page.on("request", self._note_request)
        page.on("response", self._note_answer)
        page.on("dialog", lambda dialog: self.troubles.append(f"dialog: {dialog.message}"))
        page.on("domcontentloaded", lambda shown: self.titles.add(shown.title()))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(_TOLD_BY_STATUS):
            self.troubles.append(f"console: {message.text}")

    def _note_loss(self, page: Page, asked: Request) -> None:
        if page in self.left:
            return
        # Whoever leads a page away may find its icon, or its own look, still under way: nobody
        # misses that.
        if "by_itself=1" in asked.url and asked.failure == "net::ERR_ABORTED":
            return
        if asked.resource_type == "document" or asked.failure != "net::ERR_ABORTED":
            self.troubles.append(f"lost: {asked.url} ({asked.failure})")

    def _note_request(self, asked: Request) -> None:
        self.addresses.append(asked.url)

    def _note_answer(self, answer: Response) -> None:
        if answer.status >= 400 and answer.request.resource_type != "document":
            self.troubles.append(f"{answer.status}: {answer.url}")

    def open(self, path: str) -> int:
        """Open a page; returns the status of its answer."""
        if self.page.locator(_RELOADS_ITSELF).count():
            self._turn_to_a_new_tab()
        answer = self.page.goto(path)
        assert answer is not None
        return answer.status

    def _turn_to_a_new_tab(self) -> None:
        """Leave a page that reloads itself: Chromium lets its reload win over what one asks for."""
        self.left.append(self.page)
        self.page = self.context.new_page()
        self.watch(self.page)
        self.left[-1].close()

    def sign_in(self, password: str = PASSWORD) -> None:
        """Sign in, and arrive at one's work."""
        self.open("/sign-in")
        self.page.fill("#username", self.username)
        self.page.fill("#password", password)
        with self.page.expect_navigation():
            self.page.press("#password", "Enter")

    def press(self, name: str) -> None:
        """Press a button, by what stands on it; it leads to a page."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()

    def read_code(self, raw: str) -> None:
        """Read a symbol with a scanner: it types like a keyboard, fast, and ends with Enter.

        That a key is let go is not sent: no page listens for it, and it takes as long as the key.
        """
        keyboard, began = self.context.new_cdp_session(self.page), time()
        for n, text in enumerate([*raw, "\r"]):
            # Each key says when it was pressed: a busy machine makes no scanner slow.
            key = {"key": "Enter" if text == "\r" else text, "timestamp": began + n * A_KEY_TAKES}
            keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": text, **key})

    def strike(self, key: str) -> None:
        """Press one key, as a hand does."""
        self.page.wait_for_timeout(BETWEEN_KEYS_MS)
        self.page.keyboard.press(key)

    def tab_to(self, words: str) -> None:
        """Press Tab until what has these words, this name or this label has the focus."""
        for _ in range(MOST_TABS):
            self.strike("Tab")
            if words in self.page.evaluate(_IN_FOCUS):
                return
        raise AssertionError(f"Tab does not lead to “{words}”")

    def enter(self) -> None:
        """Press Enter, and wait for the page to which it leads."""
        with self.page.expect_navigation():
            self.strike("Enter")

    def print(self, control: Locator) -> bytes:
        """Press what prints: a file comes, and the page stays; returns what is in the file."""
        with self.page.expect_download() as printed:
            control.click()
        # Chromium calls a page lost of which it made a file.
        address = printed.value.url
        self.troubles = [trouble for trouble in self.troubles if address not in trouble]
        return printed.value.path().read_bytes()

    def picture(self, file: Path) -> None:
        """Keep a picture of the whole page."""
        self.page.screenshot(path=file, full_page=True)
