"""A server of e-mails on this machine, as small as the product needs one: it takes what comes."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_string, policy
from email.message import EmailMessage


@dataclass
class MailPeer:
    """What came, to whom, and which addresses it refuses."""

    port: int = 0
    refuses: frozenset[str] = frozenset()
    got: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@contextmanager
def mail_peer(refuses: frozenset[str] = frozenset()) -> Iterator[MailPeer]:
    """A server that listens until the end."""
    peer = MailPeer(refuses=refuses)

    class Talk(socketserver.StreamRequestHandler):
        """One conversation."""

        def say(self, text: str) -> None:
            """Say a line."""
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self) -> None:
            """Listen to each command."""
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                peer.said.append(line)
                word = line.partition(" ")[0].upper()
                if word == "DATA":
                    self.take()
                elif word == "RCPT" and line.partition("<")[2].rstrip(">") in peer.refuses:
                    self.say("550 nobody of that name")
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    if word == "RCPT":
                        peer.to.append(line.partition("<")[2].rstrip(">"))
                    self.say("250 good")

        def take(self) -> None:
            """Take one e-mail, to the line with a dot."""
            self.say("354 go on")
            lines = []
            while (line := self.rfile.readline().decode()) not in {".\r\n", ""}:
                lines.append(line)
            found = message_from_string("".join(lines), EmailMessage, policy=policy.default)
            peer.got.append(found)
            self.say("250 taken")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        peer.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield peer
        finally:
            server.shutdown()
