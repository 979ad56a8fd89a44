"""Sends an e-mail by a server of the house; a password is sent encrypted or not at all."""

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

PATIENCE = 20.0  # seconds


class NotSent(Exception):
    """The server was not reached, or did not take it; the text says why, and no password.

    Of several addresses it may have `missed` only some; none are named where it missed all.
    """

    def __init__(self, why: str, missed: Sequence[str] = ()) -> None:
        super().__init__(why)
        self.missed = tuple(missed)


def send_mail(server: str, to: Sequence[str], subject: str, text: str) -> None:
    """The server has taken it for everybody.

    Raises:
        NotSent: it has not, for one of them at least.
    """
    at = urlsplit(server)
    mail = EmailMessage()
    mail["Subject"], mail["To"], mail["From"] = subject, ", ".join(to), _sender(at, to)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    try:
        with _reached(at) as connection:
            missed = connection.send_message(mail, to_addrs=list(to))
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(type(error).__name__) from error
    if missed:
        raise NotSent(f"{len(missed)} of {len(to)} addresses were refused", list(missed))


def _sender(at: SplitResult, to: Sequence[str]) -> str:
    """Who sends it: the user of the server, where that is an address; else whoever is told."""
    user = unquote(at.username or "")
    return user if "@" in user else to[0]


def _reached(at: SplitResult) -> smtplib.SMTP:
    """A connection, encrypted where the server can; with a password always."""
    context, host, port = ssl.create_default_context(), str(at.hostname), at.port or 0
    if at.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=context)
    else:
        connection = smtplib.SMTP(host, port, timeout=PATIENCE)
    try:
        if at.scheme != "smtps":
            _encrypt(connection, context, is_required=bool(at.username))
        if at.username:
            connection.login(unquote(at.username), unquote(at.password or ""))
    except BaseException:
        # Whoever is not let in leaves, and holds no place at the door.
        connection.close()
        raise
    return connection


def _encrypt(connection: smtplib.SMTP, context: ssl.SSLContext, *, is_required: bool) -> None:
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=context)
    elif is_required:
        raise smtplib.SMTPNotSupportedError("no encryption")
