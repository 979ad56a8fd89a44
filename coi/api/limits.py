"""How often a program may ask: by its account, or by its address while nobody is known (SEC-44).

A guess at a token is counted before it is looked at, by where it comes from: so whoever invents one
for each request is slowed down like anybody. What was found to be an account's is counted there
from then on, and no guesses beside it take anything from it.

Counted in this process. What must hold wherever it is asked, wrong passwords, is counted in the
database. The headers are those of the draft that most clients know.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from threading import Lock
from time import time

from flask import Flask, Response, g, request
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from coi.api.counting import Counters
from coi.services.tried_from import source_of
from coi.web import here

MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Accounts:
    """Whose the tokens are that were shown lately, by their hashes."""

    known: OrderedDict[str, str] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def of(self, shown: str) -> str:
        """The account of a token; '' where it is not known."""
        return self.known.get(shown, "")

    def remember(self, shown: str, account: str) -> None:
        """It was found to be this account's."""
        with self.lock:
            self.known[shown] = account
            if len(self.known) > MOST_REMEMBERED:
                self.known.popitem(last=False)

    def forget(self, shown: str) -> None:
        """It is nobody's any more."""
        with self.lock:
            self.known.pop(shown, None)


def limit(app: Flask, per_minute: int) -> None:
    """Let each account ask so many times a minute, and tell it with each answer what is left."""
    limiter, accounts = FixedWindowRateLimiter(Counters()), Accounts()
    item = RateLimitItemPerMinute(per_minute)

    def count_as(who: str) -> bool:
        is_within = limiter.hit(item, who)
        g.left = limiter.get_window_stats(item, who)
        return is_within

    def count() -> None:
        if here.is_for_programs() and not count_as(
            accounts.of(_shown()) or source_of(here.came_from())
        ):
            raise TooManyRequests

    def learn(response: Response) -> Response:
        shown, signed_in = _shown(), here.somebody_or_nobody()
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            accounts.forget(shown)
        elif "left" in g and signed_in is not None and not accounts.of(shown):
            account = signed_in.person.id
            accounts.remember(shown, account)
            count_as(account)
        return response

    def tell(response: Response) -> Response:
        if "left" in g:
            seconds = max(0, round(g.left.reset_time - time()))
            response.headers["RateLimit-Limit"] = str(per_minute)
            response.headers["RateLimit-Remaining"] = str(g.left.remaining)
            response.headers["RateLimit-Reset"] = str(seconds)
            if response.status_code == TooManyRequests.code:
                response.headers["Retry-After"] = str(max(1, seconds))
        return response

    app.before_request(count)
    # What is registered last is asked first.
    app.after_request(tell)
    app.after_request(learn)


def _shown() -> str:
    """What is shown as a token, as its hash."""
    return sha256(request.headers.get("Authorization", "").encode()).hexdigest()
