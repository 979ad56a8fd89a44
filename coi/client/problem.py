"""Why something was not done: the problem document of the server, as an exception."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx


class Problem(Exception):
    """Nothing was done; `code` is stable, `sentence` and `next_step` are for people."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        self.status = status
        self.code: str = told.get("code", "")
        self.sentence: str = told.get("detail", "")
        self.next_step: str = told.get("next_step", "")
        self.reasons: Sequence[Mapping[str, str]] = tuple(told.get("reasons", ()))
        self.told = told
        why = "; ".join(f"{one['code']}: {one['sentence']}" for one in self.reasons)
        super().__init__(f"{self.code or status}: {why or self.sentence} {self.next_step}".strip())

    @classmethod
    def of(cls, answer: httpx.Response) -> "Problem":
        """What an answer says that is none."""
        try:
            told = answer.json()
        except ValueError:
            told = {}
        return cls(answer.status_code, told if isinstance(told, dict) else {})


class Unanswered(Exception):
    """No answer came. Whether it was done, the same request under the same key finds out."""

    def __init__(self, key: str) -> None:
        super().__init__("No answer came. Send the same once more, under the same key.")
        self.key = key
