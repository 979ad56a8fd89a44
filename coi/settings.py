"""What an operator can set, and nothing else: the `COI_*` environment variables.

Each setting is declared once, with its name, its default, what it does and how it is read. A value
that cannot be used stops the product at its start, with a sentence that says what to write.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit

from coi.errors import SettingError

ISSUER_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which people misread."""

LONGEST_LINE = 200
_SQLITE = "sqlite+pysqlite"
_POSTGRESQL = "postgresql+psycopg"
_HOME = "{COI_HOME}"
_HOST = re.compile(r"(?![0-9.]*$)[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as an operator sees it. In a default, `{COI_HOME}` stands for that folder."""

    name: str
    default: str
    explanation: str
    read: Callable[[str, str], object]

    def read_from(self, environ: Mapping[str, str], home: str) -> object:
        """Return the value that is set, or the default; raises SettingError for a bad one."""
        return self.read(self.name, environ.get(self.name, self.default.replace(_HOME, home)))


def _setting(
    name: str,
    default: str,
    explanation: str,
    read: Callable[[str, str], _T],
    *,
    secret: bool = False,
) -> _T:
    """Declare a field that is read from a variable; a secret one is left out of the repr."""
    declared: _T = field(
        metadata={"setting": Setting(name, default, explanation, read)}, repr=not secret
    )
    return declared


def _a_folder(name: str, text: str) -> Path:
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


def _a_file(name: str, text: str) -> Path:
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


def _a_database(name: str, text: str) -> str:
    """An address of SQLite (an absolute file) or of PostgreSQL; it may hold a password."""
    address = _split(name, text)
    if address.scheme == _SQLITE:
        return _an_sqlite_file(name, text, address)
    if address.scheme == _POSTGRESQL:
        return _a_postgresql_database(name, text, address)
    raise SettingError(
        name,
        "does not start with a database that is known here.",
        f"Start it with {_SQLITE}:/// or {_POSTGRESQL}://.",
    )


def _an_owner(name: str, text: str) -> str:
    """Nothing, or an address of PostgreSQL."""
    if not text:
        return text
    address = _split(name, text)
    if address.scheme != _POSTGRESQL:
        raise SettingError(
            name,
            "is not an address of PostgreSQL; SQLite knows no owners.",
            f"Start it with {_POSTGRESQL}://, or leave the variable out.",
        )
    return _a_postgresql_database(name, text, address)


def _split(name: str, text: str) -> SplitResult:
    """Return the parts of an address; no error repeats the address, which may hold a password."""
    unreadable = SettingError(
        name, "is not an address.", f"Start it with {_SQLITE}:/// or {_POSTGRESQL}://."
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
            f"Write {_SQLITE}:/// and then the file from the root, such as"
            f" {_SQLITE}:////srv/coi/coi.sqlite3.",
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
            f"Write {_POSTGRESQL}://user:password@host/database.",
        )
    return text


def _a_page_address(name: str, text: str) -> str:
    """The address of a server, without a path."""
    address = _split(name, text)
    if address.scheme not in {"http", "https"} or not address.hostname or address.path:
        raise SettingError(
            name,
            f"is {text!r}, which is no address of a server.",
            "Write https:// and the name of the server, without a path.",
        )
    return text


def _an_issuer(name: str, text: str) -> str:
    """Four characters of Crockford's base 32, upper case."""
    if not re.fullmatch(f"[{ISSUER_ALPHABET}]{{4}}", text):
        raise SettingError(
            name,
            f"is {text!r}, which is not four of the characters {ISSUER_ALPHABET}.",
            "Write the four characters that were assigned to you, in upper case.",
        )
    return text


def _a_line(name: str, text: str) -> str:
    """One line that people can read, or nothing."""
    if len(text) > LONGEST_LINE or not text.isprintable():
        raise SettingError(
            name,
            "is no line that can be shown.",
            f"Write at most {LONGEST_LINE} characters that can be seen.",
        )
    return text.strip()


def _a_number(lowest: int, highest: int) -> Callable[[str, str], int]:
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


def _a_durable_mode(name: str, text: str) -> str:
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


def _on_or_off(name: str, text: str) -> bool:
    """Yes or no."""
    if text not in {"on", "off"}:
        raise SettingError(name, f"is {text!r}, which is neither on nor off.", "Write on or off.")
    return text == "on"


def _hosts(name: str, text: str) -> tuple[str, ...]:
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


def _a_file_or_none(name: str, text: str) -> Path | None:
    """A file, made absolute; or nothing."""
    return _a_file(name, text) if text else None


def _one_of(*possible: str) -> Callable[[str, str], str]:
    """Read one of a few words."""

    def read(name: str, text: str) -> str:
        if text in possible:
            return text
        raise SettingError(
            name, f"is {text!r}, which is none of its words.", f"Write {', '.join(possible)}."
        )

    return read


def _addresses(name: str, text: str) -> tuple[str, ...]:
    """Addresses of machines, with commas between; or nothing."""
    try:
        return tuple(str(ip_address(one.strip())) for one in text.split(",") if one.strip())
    except ValueError:
        raise SettingError(
            name,
            "holds something that is no address of a machine.",
            "Write addresses such as 127.0.0.1 or 10.1.0.7, with commas between.",
        ) from None


def _a_token(name: str, text: str) -> str:
    """A secret that a header can carry, or nothing; no error repeats it."""
    if text and not re.fullmatch("[!-~]{32,200}", text):
        raise SettingError(
            name,
            "is no token of 32 to 200 characters without blanks.",
            "Draw one, such as with `openssl rand -hex 32`, or leave the variable out.",
        )
    return text


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is set; made by `from_environment` only. Addresses may hold passwords."""

    home: Path = _setting(
        "COI_HOME",
        "./coi-home",
        "The folder of this instance; it holds the database file, the keys and the print spool.",
        _a_folder,
    )
    database_url: str = _setting(
        "COI_DATABASE_URL",
        f"{_SQLITE}:///{_HOME}/coi.sqlite3",
        "The database that holds the record: an SQLite file, or a PostgreSQL database.",
        _a_database,
        secret=True,
    )
    owner_database_url: str = _setting(
        "COI_OWNER_DATABASE_URL",
        "",
        "The same PostgreSQL database, reached as the role that owns its tables; only creating and"
        " migrating the tables uses it, and left empty it is `COI_DATABASE_URL`.",
        _an_owner,
        secret=True,
    )
    issuer: str = _setting(
        "COI_ISSUER",
        "TEST",
        "The four characters (Crockford's base 32) with which every COI identifier that is issued"
        " here begins.",
        _an_issuer,
    )
    vault_key_file: Path = _setting(
        "COI_VAULT_KEY_FILE",
        f"{_HOME}/keys/vault.key",
        "The file with the key of the identity vault; it can stand on another mount than the"
        " database, so that nobody who takes the one has the other.",
        _a_file,
    )
    busy_timeout_ms: int = _setting(
        "COI_BUSY_TIMEOUT_MS",
        "5000",
        "How many milliseconds (100 to 60000) a step waits for a busy database before it says that"
        " nothing was saved.",
        _a_number(100, 60_000),
    )
    sqlite_synchronous: str = _setting(
        "COI_SQLITE_SYNCHRONOUS",
        "FULL",
        "How carefully SQLite writes: `FULL`, or the slower `EXTRA`; `NORMAL` and `OFF` are refused"
        " because they may lose commits on power loss.",
        _a_durable_mode,
    )
    password_min_length: int = _setting(
        "COI_PASSWORD_MIN_LENGTH",
        "15",
        "How many characters (8 to 128) a new password has at least.",
        _a_number(8, 128),
    )

    public_url: str = _setting(
        "COI_PUBLIC_URL",
        "http://127.0.0.1:8000",
        "The address under which browsers reach the pages; with `https://`, cookies are never sent"
        " without encryption.",
        _a_page_address,
    )
    idle_minutes: int = _setting(
        "COI_IDLE_MINUTES",
        "15",
        "After how many minutes (1 to 120) without use somebody is signed out of the pages.",
        _a_number(1, 120),
    )
    session_hours: int = _setting(
        "COI_SESSION_HOURS",
        "12",
        "After how many hours (1 to 24) somebody is signed out of the pages in any case.",
        _a_number(1, 24),
    )

    requests_per_minute: int = _setting(
        "COI_REQUESTS_PER_MINUTE",
        "600",
        "How often a minute (1 to 100000) a program may ask this process with one token.",
        _a_number(1, 100_000),
    )

    help_line: str = _setting(
        "COI_HELP_LINE",
        "",
        "Whom to call when a code cannot be read at the bedside, with the number; shown as it is"
        " written, and left empty it is the coordinator.",
        _a_line,
    )

    webhook_send: bool = _setting(
        "COI_WEBHOOK_SEND",
        "on",
        "Whether `coi serve` sends webhooks (`on`), or leaves that to `coi deliver` (`off`).",
        _on_or_off,
    )
    webhook_allow: tuple[str, ...] = _setting(
        "COI_WEBHOOK_ALLOW",
        "",
        "Hosts, addresses and networks inside that webhooks may be sent to beside what is public,"
        " with commas between; a host or network of this list is also reached at any port.",
        _hosts,
    )
    webhook_http: tuple[str, ...] = _setting(
        "COI_WEBHOOK_HTTP",
        "",
        "Hosts to which webhooks may be sent without encryption, with commas between; each is"
        " allowed as in `COI_WEBHOOK_ALLOW`.",
        _hosts,
    )
    webhook_ca: Path | None = _setting(
        "COI_WEBHOOK_CA",
        "",
        "A PEM file with the certificates of the authorities of your own house, which receivers of"
        " webhooks may have theirs from; left empty, those that the machine trusts hold.",
        _a_file_or_none,
    )
    log_format: str = _setting(
        "COI_LOG_FORMAT",
        "auto",
        "How what happens is written to standard error: `json`, one object on each line; `console`,"
        " for people; or `auto`, which is `console` at a terminal and `json` elsewhere.",
        _one_of("auto", "json", "console"),
    )
    slow_ms: int = _setting(
        "COI_SLOW_MS",
        "1000",
        "How many milliseconds (1 to 600000) a look or a transaction may take before the log says"
        " that it was slow.",
        _a_number(1, 600_000),
    )
    trusted_proxies: tuple[str, ...] = _setting(
        "COI_TRUSTED_PROXIES",
        "",
        "The addresses, with commas between, of reverse proxies whose number of a request"
        " (`X-Request-ID`) is taken; left empty, each request is given a number here.",
        _addresses,
    )
    metrics_token: str = _setting(
        "COI_METRICS_TOKEN",
        "",
        "What a Prometheus server says to be given the measurements of `/metrics`, 32 to 200"
        " characters; left empty, there is no such page.",
        _a_token,
        secret=True,
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read every setting, with its default where it is not set.

        Raises SettingError for a value that cannot be used, and for a `COI_*` variable that is no
        setting: it is most likely misspelt, and the default would be used silently.
        """
        _refuse_unknown(environ)
        # The folder is read first, because the default of another setting stands inside it.
        home = str(_DECLARED["home"].read_from(environ, home=""))
        values: dict[str, Any] = {
            attribute: setting.read_from(environ, home) for attribute, setting in _DECLARED.items()
        }
        _refuse_owner_of_sqlite(values["owner_database_url"], values["database_url"])
        values["owner_database_url"] = values["owner_database_url"] or values["database_url"]
        return cls(**values)

    @property
    def database_path(self) -> Path | None:
        """The SQLite file; None where the record is in PostgreSQL."""
        address = urlsplit(self.database_url)
        return Path(address.path.removeprefix("/")) if address.scheme == _SQLITE else None

    @property
    def spool_path(self) -> Path:
        """The folder of documents and labels that wait for a printer."""
        return self.home / "spool"


def declared_settings() -> tuple[Setting, ...]:
    """Return every setting, in the order of the documentation."""
    return tuple(_DECLARED.values())


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = [setting.name for setting in _DECLARED.values()]
    for name in sorted(environ):
        if name.startswith("COI_") and name not in known:
            meant = difflib.get_close_matches(name, known, n=1)
            raise SettingError(
                name,
                "is not a setting.",
                f"Write {meant[0]}." if meant else f"Remove it; settings are {', '.join(known)}.",
            )


def _refuse_owner_of_sqlite(owner: str, database: str) -> None:
    if owner and not database.startswith(_POSTGRESQL):
        raise SettingError(
            "COI_OWNER_DATABASE_URL",
            "is set, but COI_DATABASE_URL is not an address of PostgreSQL.",
            "Remove it, or let both name the same PostgreSQL database.",
        )


_DECLARED: dict[str, Setting] = {
    declared.name: declared.metadata["setting"] for declared in fields(Settings)
}
