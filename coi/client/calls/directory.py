"""The calls of the part “directory”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from collections.abc import Sequence

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Signature


class DirectoryCalls(Part):
    """The calls of the part “directory”."""

    def list_sites(
        self,
    ) -> told.Sites:
        """Every site with its units."""
        answer: told.Sites = self.connection.ask(Call("GET", "/sites"))
        return answer

    def register_site(
        self,
        body: told.NewSite,
        *,
        key: str = "",
    ) -> told.NewSite:
        """Register a site; its chain begins. Its id is its key: it is registered once."""
        answer: told.NewSite = self.connection.ask(
            Call("POST", "/sites", body=body, writes=True, key=key)
        )
        return answer

    def register_unit(
        self,
        body: told.NewUnit,
        *,
        key: str = "",
    ) -> told.NewUnit:
        """Register a unit of a site. Its id is its key: it is registered once."""
        answer: told.NewUnit = self.connection.ask(
            Call("POST", "/units", body=body, writes=True, key=key)
        )
        return answer

    def list_places(
        self,
    ) -> told.Places:
        """The places of each of one's units."""
        answer: told.Places = self.connection.ask(Call("GET", "/places"))
        return answer

    def register_place(
        self,
        body: told.Named,
        *,
        key: str = "",
    ) -> told.Serial:
        """Register a place; its label is printed next, and fixed to it."""
        answer: told.Serial = self.connection.ask(
            Call("POST", "/places", body=body, writes=True, key=key)
        )
        return answer

    def print_place_label(
        self,
        serial: str,
        *,
        key: str = "",
    ) -> bytes:
        """The label of a place, as PDF."""
        return self.connection.fetch(
            Call("POST", f"/places/{self.part(serial)}/label", writes=True, key=key)
        )

    def list_benches(
        self,
    ) -> told.Benches:
        """The benches of one's sites, with what is on each."""
        answer: told.Benches = self.connection.ask(Call("GET", "/benches"))
        return answer

    def register_bench(
        self,
        body: told.Named,
        *,
        key: str = "",
    ) -> told.Serial:
        """Register a bench of a unit."""
        answer: told.Serial = self.connection.ask(
            Call("POST", "/benches", body=body, writes=True, key=key)
        )
        return answer

    def clear_bench(
        self,
        serial: str,
        body: told.ClearedBench,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Sign the changeover of a bench: nothing is on it afterwards."""
        self.connection.do(
            Call(
                "POST",
                f"/benches/{self.part(serial)}/changeover",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )

    def work_at_bench(
        self,
        serial: str,
        *,
        key: str = "",
    ) -> None:
        """Work at this bench from now on; `-` is at none."""
        self.connection.do(Call("POST", f"/benches/{self.part(serial)}/work", writes=True, key=key))

    def retire_bench(
        self,
        serial: str,
        body: told.Because,
        *,
        key: str = "",
    ) -> None:
        """Take a cleared bench out of use, and say why."""
        self.connection.do(
            Call("DELETE", f"/benches/{self.part(serial)}", body=body, writes=True, key=key)
        )
