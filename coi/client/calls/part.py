"""What the calls of each part share: the connection by which they ask."""

from urllib.parse import quote

from coi.client.sending import Connection


class Part:
    """Calls by one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @staticmethod
    def part(text: str) -> str:
        """A text as a part of an address."""
        return quote(text, safe="")
