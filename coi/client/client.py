"""The client: every call of the interface as a method, for one session or token."""

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from coi.client.calls import Calls
from coi.client.history import Head, HistoryChanged, keep_head, kept_head, require_growth
from coi.client.problem import Problem, Unanswered
from coi.client.sending import Connection, Signature


class Client(Calls):
    """Asks one server, in the name of one person or program.

    A person signs in with `sign_in`; a program gives its token. Each method is called as the
    operation of the description is, in small letters. What it sends and answers are typed
    dictionaries of `coi.client.told`.
    """

    def __init__(
        self,
        base_url: str,
        token: str = "",
        *,
        head_file: Path | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Ask this server; with `head_file`, only once it proved that its record goes on.

        The file keeps the last checkpoint that was seen, from one client to the next.
        """
        super().__init__(Connection(base_url, token, transport=transport))
        if head_file is not None:
            self.connection.first = partial(self.require_history, head_file)

    @classmethod
    def signed_in(
        cls,
        base_url: str,
        username: str,
        password: str,
        code: str = "",
        *,
        head_file: Path | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> "Client":
        """The client of a person, whose session begins; at the end of a `with` it ends.

        The `code` is that of a second factor, where there is one.

        Raises:
            Problem: name or password open nothing, or a code is needed.
        """
        client = cls(base_url, head_file=head_file, transport=transport)
        session = client.sign_in({"username": username, "password": password, "code": code})
        client.connection.token = session["token"]
        return client

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close what is open; a session goes on until `sign_out`, or until it is idle."""
        self.connection.close()

    def require_history(self, head_file: Path) -> Head | None:
        """The record goes on from the head in this file, which is the last one seen afterwards.

        None where no checkpoint was signed yet. A head that it does not go on from is told to the
        server, and stays in the file: each later client with it is refused too.

        Raises:
            HistoryChanged: it does not; nothing is to be done with this server.
        """
        before = kept_head(head_file)
        told = self.show_head(since=before.size if before else 0)
        now = Head.read(told["note"]) if told["note"] else None
        try:
            if before is not None:
                require_growth(before, now, [b64decode(one) for one in told["proof"]])
        except HistoryChanged:
            self._report(before)
            raise
        if now is not None and now != before:
            keep_head(head_file, now)
        return now

    def _report(self, seen: Head | None) -> None:
        """Tell the server, which may be the wrong one: whatever it says of it changes nothing."""
        with suppress(Problem, Unanswered):
            self.report_head({"note": seen.note if seen else ""})

    def sign(self, meaning: str, password: str, code: str = "") -> Signature:
        """A signature of whoever is signed in here, to be given with a request of anybody's.

        The `code` is that of a second factor, where there is one; each is good once.

        The request is built first; then this person is asked for a grant of exactly that request.
        """

        def granted(digest: str) -> str:
            told = {"password": password, "code": code, "meaning": meaning}
            return self.grant_signature({**told, "request_sha256": digest})["grant"]  # type: ignore[typeddict-item]

        return Signature(meaning, granted)


def every(call: Callable[..., Mapping[str, Any]], **wanted: Any) -> Iterator[Any]:  # noqa: ANN401
    """Each line of a list, page after page: `every(client.list_therapies, limit=50)`."""
    behind: str | None = ""
    while behind is not None:
        page = call(**wanted, cursor=behind)
        yield from page["items"]
        behind = page["next"]
