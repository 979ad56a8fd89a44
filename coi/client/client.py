"""The client: every call of the interface as a method, for one session or token."""

from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from coi.client.calls import Calls
from coi.client.sending import Connection, Signature


class Client(Calls):
    """Asks one server, in the name of one person or program.

    A person signs in with `sign_in`; a program gives its token. Each method is called as the
    operation of the description is, in small letters. What it sends and answers are typed
    dictionaries of `coi.client.told`.
    """

    def __init__(
        self, base_url: str, token: str = "", *, transport: httpx.BaseTransport | None = None
    ) -> None:
        super().__init__(Connection(base_url, token, transport=transport))

    @classmethod
    def signed_in(
        cls,
        base_url: str,
        username: str,
        password: str,
        code: str = "",
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> "Client":
        """The client of a person, whose session begins; at the end of a `with` it ends.

        The `code` is that of a second factor, where there is one.

        Raises:
            Problem: name or password open nothing, or a code is needed.
        """
        client = cls(base_url, transport=transport)
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
