"""What of the interface will end: said in the description, and in each answer until that day.

`Deprecation` is the header of RFC 9745 and `Sunset` that of RFC 8594.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from functools import wraps
from typing import Any

from flask import Response, after_this_request

NOTICE = timedelta(days=365)
"""So long a call goes on at least after its end was told."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Since when a call should not be used any more, and the day from which on it need not work."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until - self.since < NOTICE:
            sentence = f"Between {self.since} and {self.until} are fewer than {NOTICE.days} days."
            raise ValueError(sentence)

    def told(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """The view, each of whose answers says that it will end, its refusals too."""

        @wraps(view)
        def telling(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - any view
            after_this_request(self._tell)
            return view(*args, **named)

        return telling

    def _tell(self, response: Response) -> Response:
        response.headers["Deprecation"] = f"@{int(_midnight(self.since).timestamp())}"
        response.headers["Sunset"] = format_datetime(_midnight(self.until), usegmt=True)
        return response


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
