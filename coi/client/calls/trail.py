"""The calls of the part “trail”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call


class TrailCalls(Part):
    """The calls of the part “trail”."""

    def list_trail(  # noqa: PLR0913 - as the call has them
        self,
        *,
        everything: bool | None = None,
        who: str | None = None,
        what: str | None = None,
        since: str | None = None,
        until: str | None = None,
        why: str | None = None,
        said: str | None = None,
        site: str | None = None,
        coi: str | None = None,
        cursor: str | None = None,
    ) -> told.Trail:
        """The entries of the therapies at one's sites that are to be looked at first, or all."""
        answer: told.Trail = self.connection.ask(
            Call(
                "GET",
                "/trail",
                query={
                    "everything": everything,
                    "who": who,
                    "what": what,
                    "since": since,
                    "until": until,
                    "why": why,
                    "said": said,
                    "site": site,
                    "coi": coi,
                    "cursor": cursor,
                },
            )
        )
        return answer
