"""Which settings need one another: one that is set without the other stops the product too."""

from collections.abc import Mapping
from typing import Any

from coi import setting_texts as texts
from coi.errors import SettingError


def refuse_what_does_not_go_together(values: Mapping[str, Any]) -> None:
    """Every setting has what it needs beside it; `values` are the settings as they were read.

    Raises:
        SettingError: one has not.
    """
    _refuse_owner_of_sqlite(values["owner_database_url"], values["database_url"])
    for name, addresses in (
        ("COI_ALARM_MAIL", values["alarm_mail"]),
        ("COI_ANCHOR_MAIL", values["anchor_mail"]),
    ):
        _refuse_mail_without_server(name, addresses, values["mail_server"])
    _refuse_half_a_provider(values["oidc_issuer"], values["oidc_client_id"])
    _refuse_stamps_that_nobody_can_check(values["timestamp_url"], values["timestamp_ca"])


def _refuse_mail_without_server(name: str, addresses: tuple[str, ...], server: str) -> None:
    if addresses and not server:
        raise SettingError(
            name,
            "is set, but no server sends e-mails: COI_MAIL_SERVER is empty.",
            "Write the server too, such as smtps://mail.example.org:465.",
        )


def _refuse_half_a_provider(issuer: str, client: str) -> None:
    names = ("COI_OIDC_ISSUER", "COI_OIDC_CLIENT_ID")
    if bool(issuer) != bool(client):
        is_set, empty = names if issuer else reversed(names)
        raise SettingError(
            is_set,
            f"is set, but {empty} is empty: by one of the two alone nobody can sign in.",
            "Write both, or neither.",
        )


def _refuse_stamps_that_nobody_can_check(url: str, trusted: object) -> None:
    if url and not trusted:
        raise SettingError(
            "COI_TIMESTAMP_URL",
            "is set, but nothing says whose time stamps count: COI_TIMESTAMP_CA is empty.",
            "Write the file of the authority's certificates (PEM), as its people hand it out.",
        )


def _refuse_owner_of_sqlite(owner: str, database: str) -> None:
    if owner and not database.startswith(texts.POSTGRESQL):
        raise SettingError(
            "COI_OWNER_DATABASE_URL",
            "is set, but COI_DATABASE_URL is not an address of PostgreSQL.",
            "Remove it, or let both name the same PostgreSQL database.",
        )
