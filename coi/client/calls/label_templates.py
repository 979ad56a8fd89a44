"""The calls of the part “label_templates”.

Written by `python -m tests.coi.client.made` from the description; not to be edited.
"""

from collections.abc import Sequence

from coi.client import told
from coi.client.calls.part import Part
from coi.client.sending import Call, Signature


class LabelTemplatesCalls(Part):
    """The calls of the part “label_templates”."""

    def list_label_templates(
        self,
    ) -> told.LabelTemplates:
        """Every label template, with its versions and what was signed of them."""
        answer: told.LabelTemplates = self.connection.ask(Call("GET", "/label-templates"))
        return answer

    def keep_label_template(
        self,
        body: told.TextToKeep,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> told.KeptTemplate:
        """Keep a text as the next version of a template of the site's own; QA signs it."""
        answer: told.KeptTemplate = self.connection.ask(
            Call(
                "POST",
                "/label-templates",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )
        return answer

    def try_label_template(
        self,
        body: told.TextToTry,
    ) -> told.TextTried:
        """A template's text, drawn with a sample, or all that is wrong with it; nothing is kept."""
        answer: told.TextTried = self.connection.ask(
            Call("POST", "/label-template-trials", body=body)
        )
        return answer

    def show_label_template(
        self,
        name: str,
        *,
        version: int | None = None,
        values: str | None = None,
        dpi: int | None = None,
    ) -> told.TriedTemplate:
        """One template, tried with a sample: how each text fits, and what each symbol reads."""
        answer: told.TriedTemplate = self.connection.ask(
            Call(
                "GET",
                f"/label-templates/{self.part(name)}",
                query={"version": version, "values": values, "dpi": dpi},
            )
        )
        return answer

    def preview_label_template(
        self,
        name: str,
        *,
        version: int | None = None,
        values: str | None = None,
        dpi: int | None = None,
    ) -> bytes:
        """A sample of a template as a picture, in the dots of a printer."""
        return self.connection.fetch(
            Call(
                "GET",
                f"/label-templates/{self.part(name)}/preview",
                query={"version": version, "values": values, "dpi": dpi},
            )
        )

    def fetch_label_sample(
        self,
        name: str,
        *,
        version: int | None = None,
        values: str | None = None,
        dpi: int | None = None,
    ) -> bytes:
        """A sample as a page to print, over which it says that it is no label."""
        return self.connection.fetch(
            Call(
                "GET",
                f"/label-templates/{self.part(name)}/sample",
                query={"version": version, "values": values, "dpi": dpi},
            )
        )

    def print_label_template(
        self,
        name: str,
        body: told.PrintedSample,
        *,
        key: str = "",
    ) -> None:
        """Print a sample of the newest version; it says of itself that it is no label."""
        self.connection.do(
            Call(
                "POST",
                f"/label-templates/{self.part(name)}/sample",
                body=body,
                writes=True,
                key=key,
            )
        )

    def approve_label_template(
        self,
        name: str,
        body: told.ApprovedTemplate,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Approve the newest version, exactly as it was looked at; QA signs it."""
        self.connection.do(
            Call(
                "PUT",
                f"/label-templates/{self.part(name)}/approval",
                body=body,
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )

    def withdraw_label_template(
        self,
        name: str,
        sha256: str,
        *,
        key: str = "",
        seen: str = "",
        signatures: Sequence[Signature] = (),
    ) -> None:
        """Withdraw the approval of the version with this hash, in force or replaced; QA signs it."""  # noqa: E501 - the sentence of the description
        self.connection.do(
            Call(
                "DELETE",
                f"/label-templates/{self.part(name)}/approval/{self.part(sha256)}",
                writes=True,
                key=key,
                seen=seen,
                signatures=signatures,
            )
        )
