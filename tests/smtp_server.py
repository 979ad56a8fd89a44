"""A real server of e-mails with TLS and accounts, as a house runs one: aiosmtpd."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from socket import create_connection
from ssl import PROTOCOL_TLS_SERVER, SSLContext

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.serving import a_certificate

USER, PASSWORD = "coi@example.org", "hunter2 of the house"
HERE = "127.0.0.1"


@dataclass
class MailHouse:
    """What came, from whom and by which way; who tried to sign in, and whose mail it refuses."""

    port: int = 0
    refuses: frozenset[str] = frozenset()
    got: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    signed_in: list[bool] = field(default_factory=list)  # each try, and whether it was let in

    def authenticator(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, told: LoginPassword
    ) -> AuthResult:
        """Whoever knows the password of the one account is let in."""
        self.signed_in.append((told.login, told.password) == (USER.encode(), PASSWORD.encode()))
        return AuthResult(success=self.signed_in[-1], handled=False)

    # The names are the library's.
    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take an address, or refuse it."""
        if address in self.refuses:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 good"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take an e-mail."""
        self.got.append(message_from_bytes(envelope.content, EmailMessage, policy=policy.default))
        self.to += envelope.rcpt_tos
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 taken"


class _AtAnyPort(Controller):
    """Listens where there is room."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        if self.ssl_context:
            super()._trigger_server()
            return
        with create_connection((HERE, self.port), 5) as connection:
            connection.recv(1024)


@contextmanager
def mail_house(
    folder: Path, *, at_once: bool = False, refuses: frozenset[str] = frozenset()
) -> Iterator[MailHouse]:
    """A server that listens until the end, encrypted `at_once` or by STARTTLS.

    Its certificate lies in the folder.
    """
    house = MailHouse(refuses=refuses)
    (certificate, key), _trusting = a_certificate(folder)
    tls = SSLContext(PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server = _AtAnyPort(
        house,
        hostname=HERE,
        port=0,
        ssl_context=tls if at_once else None,
        tls_context=None if at_once else tls,
        require_starttls=not at_once,
        auth_required=not at_once,  # which it would not take for encrypted then
        auth_require_tls=not at_once,
        authenticator=house.authenticator,
        server_hostname=HERE,
    )
    server.start()
    house.port = server.port
    try:
        yield house
    finally:
        server.stop()
