"""How the text of a setting is read: strictly, or with a sentence that says what to write.

Each reader is given the name of the variable and its text, and raises SettingError for a text that
cannot be used. No error repeats what may be a secret.
"""

import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from coi.errors import SettingError

ISSUER_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which people misread."""

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
"""With which a provider can sign: each has a key that nobody else has."""

LONGEST_LINE = 200
SQLITE = "sqlite+pysqlite"
POSTGRESQL = "postgresql+psycopg"
_ONE_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
_LONGEST_PROVIDER = 400
_WITNESS = re.compile(r"https?://[!-~]+ [!-*,-~]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}")
_ROLE = re.compile(r"[a-z_]{1,64}")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_SITE = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_HOST = re.compile(r"(?![0-9.]*$)[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


def a_folder(name: str, text: str) -> Path:
    """A folder, made absolute; it need not exist yet."""
    if not text:
        raise SettingError(name, "is empty.", "Write a folder, or leave the variable out.")
    if text.startswith("~"):
        raise SettingError(name, "starts with ~, which only a shell knows.", "Write it in full.")
    if not text.isprintable() or set("?#%") & set(text):
        raise SettingError(
            name,
            "contains a character (?, #, % or a control character) that means something else in a"
            " database address.",
            "Write a folder without it.",
        )
    folder = Path(text).absolute()
    if folder.exists() and not folder.is_dir():
        raise SettingError(name, f"names {folder}, which is a file.", "Write a folder.")
    return folder


def a_file(name: str, text: str) -> Path:
    """A file, made absolute; it need not exist yet."""
    if not text or not text.isprintable():
        raise SettingError(
            name, "does not name a file.", "Write a file, or leave the variable out."
        )
    if text.startswith("~"):
        raise SettingError(name, "starts with ~, which only a shell knows.", "Write it in full.")
    file = Path(text).absolute()
    if file.is_dir():
        raise SettingError(name, f"names {file}, which is a folder.", "Write a file in it.")
    return file


def a_database(name: str, text: str) -> str:
    """An address of SQLite (an absolute file) or of PostgreSQL; it may hold a password."""
    address = _split(name, text)
    if address.scheme == SQLITE:
        return _an_sqlite_file(name, text, address)
    if address.scheme == POSTGRESQL:
        return _a_postgresql_database(name, text, address)
    raise SettingError(
        name,
        "does not start with a database that is known here.",
        f"Start it with {SQLITE}:/// or {POSTGRESQL}://.",
    )


def an_owner(name: str, text: str) -> str:
    """Nothing, or an address of PostgreSQL."""
    if not text:
        return text
    address = _split(name, text)
    if address.scheme != POSTGRESQL:
        raise SettingError(
            name,
            "is not an address of PostgreSQL; SQLite knows no owners.",
            f"Start it with {POSTGRESQL}://, or leave the variable out.",
        )
    return _a_postgresql_database(name, text, address)


def _split(name: str, text: str) -> SplitResult:
    """Return the parts of an address; no error repeats the address, which may hold a password."""
    unreadable = SettingError(
        name, "is not an address.", f"Start it with {SQLITE}:/// or {POSTGRESQL}://."
    )
    if not text.isprintable():
        raise unreadable
    try:
        return urlsplit(text)
    except ValueError:
        raise unreadable from None


def _an_sqlite_file(name: str, text: str, address: SplitResult) -> str:
    file = address.path.removeprefix("/")
    if address.netloc or not file.startswith("/") or file.endswith("/"):
        raise SettingError(
            name,
            "does not name an absolute file.",
            f"Write {SQLITE}:/// and then the file from the root, such as"
            f" {SQLITE}:////srv/coi/coi.sqlite3.",
        )
    if set("?#%") & set(text):
        raise SettingError(
            name,
            "contains ?, # or %, which do not belong to a file here.",
            "End it with the file; COI_SQLITE_SYNCHRONOUS and COI_BUSY_TIMEOUT_MS hold the rest.",
        )
    return text


def _a_postgresql_database(name: str, text: str, address: SplitResult) -> str:
    if not address.path.strip("/"):
        raise SettingError(
            name,
            "does not name a database.",
            f"Write {POSTGRESQL}://user:password@host/database.",
        )
    return text


def a_page_address(name: str, text: str) -> str:
    """The address of a server, without a path."""
    address = _split(name, text)
    if address.scheme not in {"http", "https"} or not address.hostname or address.path:
        raise SettingError(
            name,
            f"is {text!r}, which is no address of a server.",
            "Write https:// and the name of the server, without a path.",
        )
    return text


def a_url_or_none(name: str, text: str) -> str:
    """Where a service is asked, with its path; or nothing."""
    if not text:
        return text
    address = _split(name, text)
    if address.scheme not in {"http", "https"} or not address.hostname or address.username:
        raise SettingError(
            name,
            f"is {text!r}, which is no address that can be asked.",
            "Write https:// or http://, the name of the server and the path.",
        )
    return text


def a_provider_or_none(name: str, text: str) -> str:
    """A provider of identities, by the address that is its name; or nothing.

    It is encrypted, but where both are on one machine to try it.
    """
    if not text:
        return text
    address = _split(name, text)
    encrypted = address.scheme == "https" or (
        address.scheme == "http" and address.hostname in _ONE_MACHINE
    )
    beside = address.query or address.fragment or address.username or text != text.strip()
    if not encrypted or not address.hostname or beside or len(text) > _LONGEST_PROVIDER:
        raise SettingError(
            name,
            f"is {text!r}, which is no provider that can be believed.",
            "Write https:// and its address, letter for letter as the provider calls itself.",
        )
    return text


def algorithms(name: str, text: str) -> tuple[str, ...]:
    """Algorithms that sign with a key that nobody else has, at least one."""
    named = tuple(one.strip() for one in text.split(",") if one.strip())
    if not named or not set(named) <= set(ALGORITHMS):
        raise SettingError(
            name,
            f"is {text!r}, and of these only {', '.join(ALGORITHMS)} can be allowed.",
            "Write those that the provider signs with, with commas between.",
        )
    return named


def words(name: str, text: str) -> tuple[str, ...]:
    """Words, with commas between; or nothing."""
    named = tuple(one.strip() for one in text.split(",") if one.strip())
    for one in named:
        if not re.fullmatch("[A-Za-z0-9_.:/-]{1,100}", one):
            raise SettingError(
                name, f"holds {one!r}, which is no word.", "Write mfa, or what it is."
            )
    return named


def an_issuer(name: str, text: str) -> str:
    """Four characters of Crockford's base 32, upper case."""
    if not re.fullmatch(f"[{ISSUER_ALPHABET}]{{4}}", text):
        raise SettingError(
            name,
            f"is {text!r}, which is not four of the characters {ISSUER_ALPHABET}.",
            "Write the four characters that were assigned to you, in upper case.",
        )
    return text


def a_line(name: str, text: str) -> str:
    """One line that people can read, or nothing."""
    if len(text) > LONGEST_LINE or not text.isprintable():
        raise SettingError(
            name,
            "is no line that can be shown.",
            f"Write at most {LONGEST_LINE} characters that can be seen.",
        )
    return text.strip()


def a_number(lowest: int, highest: int) -> Callable[[str, str], int]:
    """Read a whole number between two bounds, both included."""

    def read(name: str, text: str) -> int:
        if re.fullmatch("[0-9]{1,9}", text) and lowest <= int(text) <= highest:
            return int(text)
        raise SettingError(
            name,
            f"is {text!r}, which is not a whole number from {lowest} to {highest}.",
            f"Write a whole number from {lowest} to {highest}.",
        )

    return read


def a_durable_mode(name: str, text: str) -> str:
    """A mode of SQLite in which a commit outlives a power loss (requirement F-02)."""
    if text in {"FULL", "EXTRA"}:
        return text
    if text in {"NORMAL", "OFF"}:
        raise SettingError(
            name,
            f"is {text}, in which SQLite may lose commits on power loss.",
            "Write FULL or EXTRA.",
        )
    raise SettingError(name, f"is {text!r}, which is no mode of SQLite.", "Write FULL or EXTRA.")


def on_or_off(name: str, text: str) -> bool:
    """Yes or no."""
    if text not in {"on", "off"}:
        raise SettingError(name, f"is {text!r}, which is neither on nor off.", "Write on or off.")
    return text == "on"


def hosts(name: str, text: str) -> tuple[str, ...]:
    """Names of hosts, addresses and networks, with commas between; or nothing."""
    named = tuple(one.strip() for one in text.split(",") if one.strip())
    for one in named:
        if not (_HOST.fullmatch(one) or _is_network(one)):
            raise SettingError(
                name,
                f"holds {one!r}, which is no host and no network.",
                "Write names such as lims.example.org, addresses, and networks such as"
                " 10.1.0.0/16, with commas between.",
            )
    return named


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def networks(name: str, text: str) -> tuple[str, ...]:
    """Networks, with commas between; or nothing."""
    named = tuple(one.strip() for one in text.split(",") if one.strip())
    for one in named:
        if not _is_network(one):
            raise SettingError(
                name,
                f"holds {one!r}, which is no network.",
                "Write networks such as 10.1.0.0/16 or fd00::/8, with commas between.",
            )
    return named


def roles(name: str, text: str) -> tuple[str, ...]:
    """Names of roles, with commas between; or nothing. Which there are is asked at the start."""
    named = tuple(one.strip() for one in text.split(",") if one.strip())
    for one in named:
        if not _ROLE.fullmatch(one):
            raise SettingError(
                name,
                f"holds {one!r}, which is no role.",
                "Write roles such as administrator or qa_reviewer, with commas between.",
            )
    return named


def a_file_or_none(name: str, text: str) -> Path | None:
    """A file, made absolute; or nothing."""
    return a_file(name, text) if text else None


def witnesses(name: str, text: str) -> tuple[str, ...]:
    """Witnesses, each with its address and its key; or nothing."""
    named = tuple(" ".join(one.split()) for one in text.split(",") if one.strip())
    for one in named:
        if not _WITNESS.fullmatch(one):
            raise SettingError(
                name,
                "holds something that is no witness.",
                "Write https://, its server and path, a blank, and the key that its people tell"
                " you: name+id+key.",
            )
    return named


def one_of(*possible: str) -> Callable[[str, str], str]:
    """Read one of a few words."""

    def read(name: str, text: str) -> str:
        if text in possible:
            return text
        raise SettingError(
            name, f"is {text!r}, which is none of its words.", f"Write {', '.join(possible)}."
        )

    return read


def addresses(name: str, text: str) -> tuple[str, ...]:
    """Addresses of machines, with commas between; or nothing."""
    try:
        return tuple(str(ip_address(one.strip())) for one in text.split(",") if one.strip())
    except ValueError:
        raise SettingError(
            name,
            "holds something that is no address of a machine.",
            "Write addresses such as 127.0.0.1 or 10.1.0.7, with commas between.",
        ) from None


def a_collector(name: str, text: str) -> str:
    """Where syslog is sent; or nothing."""
    if not text or _is_place(text, ("tcp", "udp")):
        return text
    raise SettingError(
        name,
        f"is {text!r}, which is no place that a log can be sent to.",
        "Write tcp:// or udp://, the host and its port, such as tcp://logs.example.org:601.",
    )


def a_mail_server(name: str, text: str) -> str:
    """A server of e-mails, which may hold a password; or nothing. No error repeats it."""
    if not text or _is_place(text, ("smtp", "smtps")):
        return text
    raise SettingError(
        name,
        "is no address of a server of e-mails.",
        "Write smtps:// or smtp://, the host and its port, such as smtps://mail.example.org:465.",
    )


def _is_place(text: str, schemes: tuple[str, ...]) -> bool:
    """A scheme of these, a host and a port, and nothing behind."""
    try:
        at = urlsplit(text)
        port = at.port
    except ValueError:
        return False
    has_more = at.path or at.query or at.fragment or not text.isprintable()
    return at.scheme in schemes and bool(at.hostname) and bool(port) and not has_more


def mail_addresses(name: str, text: str) -> tuple[str, ...]:
    """Addresses of e-mail, with commas between; or nothing."""
    named = tuple(one.strip() for one in text.split(",") if one.strip())
    for one in named:
        if not _MAIL.fullmatch(one):
            raise SettingError(
                name,
                f"holds {one!r}, which is no address of e-mail.",
                "Write addresses such as security@example.org, with commas between.",
            )
    return named


def alarm_addresses(name: str, text: str) -> tuple[str, ...]:
    """Addresses, and `site=address` for one that is told of its site alone; or nothing."""
    told = tuple(one.strip() for one in text.split(",") if one.strip())
    addresses = mail_addresses(name, ",".join(one.rpartition("=")[2] for one in told))
    for one in told:
        site, is_one, _address = one.rpartition("=")
        if is_one and not _SITE.fullmatch(site):
            raise SettingError(
                name,
                f"holds {one!r}, which begins with no id of a site.",
                "Write it as on the page of the sites, such as north=lab@example.org.",
            )
    if addresses and all("=" in one for one in told):
        raise SettingError(
            name,
            "names addresses of sites alone: nobody would be told of what belongs to no site.",
            "Write one address before them that is told of everything.",
        )
    return told


def a_token(name: str, text: str) -> str:
    """A secret that a header can carry, or nothing; no error repeats it."""
    if text and not re.fullmatch("[!-~]{32,200}", text):
        raise SettingError(
            name,
            "is no token of 32 to 200 characters without blanks.",
            "Draw one, such as with `openssl rand -hex 32`, or leave the variable out.",
        )
    return text
