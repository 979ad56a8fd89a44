"""The calls of the part “trail”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from collections.abc import Sequence

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Signature


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

    def list_trail_reviews(
        self,
        coi: str,
    ) -> told.TrailReviews:
        """How far the trail of a therapy was reviewed, by whom, and what came since."""
        answer: told.TrailReviews = self.connection.ask(
            Call("GET", f"/therapies/{self.part(coi)}/trail-reviews")
        )
        return answer

    def review_trail(
        self,
        coi: str,
        body: told.TrailRead,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> told.TrailReview:
        """Sign that the trail of a therapy was reviewed up to this entry, by who took no part."""
        answer: told.TrailReview = self.connection.ask(
            Call(
                "POST",
                f"/therapies/{self.part(coi)}/trail-reviews",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )
        return answer
