"""How often a program may ask: by its token, or by its address while it has none (SEC-44).

Counted in this process. What must hold wherever it is asked, wrong passwords, is counted in the
database. The headers are those of the draft that most clients know.
"""

from hashlib import sha256
from time import time

from flask import Flask, Response, g, request
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from coi.api.counting import Counters
from coi.web import here


def limit(app: Flask, per_minute: int) -> None:
    """Let each program ask so many times a minute, and tell it with each answer what is left."""
    limiter = FixedWindowRateLimiter(Counters())
    item = RateLimitItemPerMinute(per_minute)

    def count() -> None:
        if not here.is_for_programs():
            return
        who = _who()
        is_within = limiter.hit(item, who)
        g.left = limiter.get_window_stats(item, who)
        if not is_within:
            raise TooManyRequests

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
    app.after_request(tell)


def _who() -> str:
    """What holds the token, as its hash; or the address of who shows none."""
    told = request.headers.get("Authorization", "")
    return sha256(told.encode()).hexdigest() if told else request.remote_addr or "-"
