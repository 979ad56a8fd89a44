"""What an operator can set, and nothing else: the `COI_*` environment variables.

Each setting is declared once, with its name, its default, what it does and how it is read. A value
that cannot be used stops the product at its start, with a sentence that says what to write.
"""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from coi import setting_texts as texts
from coi.errors import SettingError
from coi.setting_pairs import refuse_what_does_not_go_together

_HOME = "{COI_HOME}"
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


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is set; made by `from_environment` only. Addresses may hold passwords."""

    home: Path = _setting(
        "COI_HOME",
        "./coi-home",
        "The folder of this instance; it holds the database file, the keys and the print spool.",
        texts.a_folder,
    )
    database_url: str = _setting(
        "COI_DATABASE_URL",
        f"{texts.SQLITE}:///{_HOME}/coi.sqlite3",
        "The database that holds the record: an SQLite file, or a PostgreSQL database.",
        texts.a_database,
        secret=True,
    )
    owner_database_url: str = _setting(
        "COI_OWNER_DATABASE_URL",
        "",
        "The same PostgreSQL database, reached as the role that owns its tables; only creating and"
        " migrating the tables uses it, and left empty it is `COI_DATABASE_URL`.",
        texts.an_owner,
        secret=True,
    )
    issuer: str = _setting(
        "COI_ISSUER",
        "TEST",
        "The four characters (Crockford's base 32) with which every COI identifier that is issued"
        " here begins.",
        texts.an_issuer,
    )
    vault_key_file: Path = _setting(
        "COI_VAULT_KEY_FILE",
        f"{_HOME}/keys/vault.key",
        "The file with the key of the identity vault; it can stand on another mount than the"
        " database, so that nobody who takes the one has the other.",
        texts.a_file,
    )
    checkpoint_key_file: Path = _setting(
        "COI_CHECKPOINT_KEY_FILE",
        f"{_HOME}/keys/checkpoint.key",
        "The file with the key that signs checkpoints; beside it the last of them is remembered, so"
        " it stands on another mount than the database.",
        texts.a_file,
    )
    checkpoint_sign: bool = _setting(
        "COI_CHECKPOINT_SIGN",
        "on",
        "Whether `coi serve` puts what was recorded into the tree and signs checkpoints (`on`), or"
        " leaves that to `coi checkpoint` (`off`).",
        texts.on_or_off,
    )
    verify_minutes: int = _setting(
        "COI_VERIFY_MINUTES",
        "15",
        "After how many minutes (1 to 1440) `coi serve` verifies what is new in the record; 0"
        " leaves that to `coi verify --since-last`.",
        texts.a_number(0, 1_440),
    )
    anchor_file: Path | None = _setting(
        "COI_ANCHOR_FILE",
        "",
        "A file on another mount, to which each checkpoint is appended; left empty, none is kept"
        " there.",
        texts.a_file_or_none,
    )
    witnesses: tuple[str, ...] = _setting(
        "COI_WITNESSES",
        "",
        "Who cosigns checkpoints: of each witness its address, a blank and its key, with commas"
        " between; left empty, nobody is asked.",
        texts.witnesses,
    )
    anchor_mail: tuple[str, ...] = _setting(
        "COI_ANCHOR_MAIL",
        "",
        "Who is sent checkpoints by e-mail, to keep them: addresses, with commas between; left"
        " empty, nobody is.",
        texts.mail_addresses,
    )
    timestamp_url: str = _setting(
        "COI_TIMESTAMP_URL",
        "",
        "Where a time-stamping authority (RFC 3161) is asked to stamp checkpoints; left empty, none"
        " is.",
        texts.a_url_or_none,
    )
    timestamp_ca: Path | None = _setting(
        "COI_TIMESTAMP_CA",
        "",
        "A PEM file with the certificates of the authorities whose time stamps count; those of"
        " earlier ones stay in it.",
        texts.a_file_or_none,
    )
    anchor_minutes: int = _setting(
        "COI_ANCHOR_MINUTES",
        "60",
        "After how many minutes (5 to 720) what was recorded is sent by e-mail and time-stamped, at"
        " the earliest.",
        texts.a_number(5, 720),
    )
    witness_for: Path | None = _setting(
        "COI_WITNESS_FOR",
        "",
        "A file with the keys of the records whose checkpoints are cosigned here, each on a line;"
        " left empty, none is.",
        texts.a_file_or_none,
    )
    seal_file: Path | None = _setting(
        "COI_SEAL_FILE",
        f"{_HOME}/keys/seal.pem",
        "The file (PEM) with the private key and the certificates of the seal that documents bear;"
        " one is made where there is none, and left empty, documents bear no seal.",
        texts.a_file_or_none,
    )
    busy_timeout_ms: int = _setting(
        "COI_BUSY_TIMEOUT_MS",
        "5000",
        "How many milliseconds (100 to 60000) a step waits for a busy database before it says that"
        " nothing was saved.",
        texts.a_number(100, 60_000),
    )
    sqlite_synchronous: str = _setting(
        "COI_SQLITE_SYNCHRONOUS",
        "FULL",
        "How carefully SQLite writes: `FULL`, or the slower `EXTRA`; `NORMAL` and `OFF` are refused"
        " because they may lose commits on power loss.",
        texts.a_durable_mode,
    )
    password_min_length: int = _setting(
        "COI_PASSWORD_MIN_LENGTH",
        "15",
        "How many characters (8 to 128) a new password has at least.",
        texts.a_number(8, 128),
    )

    access_review_days: int = _setting(
        "COI_ACCESS_REVIEW_DAYS",
        "180",
        "After how many days (1 to 1100) it is overdue that quality assurance reviews who has which"
        " access.",
        texts.a_number(1, 1100),
    )
    evaluation_days: int = _setting(
        "COI_EVALUATION_DAYS",
        "365",
        "After how many days (1 to 1100) it is overdue that quality assurance evaluates the"
        " system.",
        texts.a_number(1, 1100),
    )
    archive_check_days: int = _setting(
        "COI_ARCHIVE_CHECK_DAYS",
        "365",
        "After how many days (1 to 1100) it is overdue that quality assurance checks that archived"
        " records can be read.",
        texts.a_number(1, 1100),
    )
    device_test_days: int = _setting(
        "COI_DEVICE_TEST_DAYS",
        "90",
        "After how many days (1 to 1100) it is overdue that a registered device is tested, which it"
        " says on its pages; 0 asks for no test.",
        texts.a_number(0, 1100),
    )
    device_refused_days: int = _setting(
        "COI_DEVICE_REFUSED_DAYS",
        "0",
        "How many days later (1 to 365) steps are refused at such a device until it is tested; 0"
        " refuses none.",
        texts.a_number(0, 365),
    )
    permit_minutes: int = _setting(
        "COI_PERMIT_MINUTES",
        "30",
        "For how many minutes (5 to 60) a permit holds that a device is given for the time without"
        " a line.",
        texts.a_number(5, 60),
    )
    factor_roles: tuple[str, ...] = _setting(
        "COI_FACTOR_ROLES",
        "",
        "Roles that open and sign nothing without a second factor, with commas between; left empty,"
        " whoever has enrolled one needs it, and nobody has to.",
        texts.roles,
    )
    passkey_roles: tuple[str, ...] = _setting(
        "COI_PASSKEY_ROLES",
        "",
        "Roles whose second factor is a passkey, and no app that shows codes, with commas between;"
        " left empty, either is one.",
        texts.roles,
    )
    factor_inside: tuple[str, ...] = _setting(
        "COI_FACTOR_INSIDE",
        "",
        "The networks inside, with commas between: from anywhere else nobody is let in without a"
        " second factor; left empty, nobody asks where somebody comes from.",
        texts.networks,
    )

    oidc_issuer: str = _setting(
        "COI_OIDC_ISSUER",
        "",
        "The house's provider of identities (OpenID Connect), by which people may sign in, as it"
        " calls itself: `https://` and its address; left empty, there is none.",
        texts.a_provider_or_none,
    )
    oidc_client_id: str = _setting(
        "COI_OIDC_CLIENT_ID",
        "",
        "What the provider calls this installation.",
        texts.a_line,
    )
    oidc_secret_file: Path | None = _setting(
        "COI_OIDC_SECRET_FILE",
        "",
        "A file with the secret by which the provider knows this installation; left empty, it asks"
        " for none.",
        texts.a_file_or_none,
    )
    oidc_name: str = _setting(
        "COI_OIDC_NAME",
        "",
        "What the provider is called on the page where people sign in; left empty, by its host.",
        texts.a_line,
    )
    oidc_algorithms: tuple[str, ...] = _setting(
        "COI_OIDC_ALGORITHMS",
        "RS256, ES256",
        "With which algorithms the provider may sign whom it tells of, with commas between; none"
        " with a shared key is ever taken.",
        texts.algorithms,
    )
    oidc_second_factor: tuple[str, ...] = _setting(
        "COI_OIDC_SECOND_FACTOR",
        "",
        "What the provider says (`amr`) where it asked for a second factor, with commas between:"
        " then ours is not asked for at the door; left empty, it always is.",
        texts.words,
    )
    oidc_ca: Path | None = _setting(
        "COI_OIDC_CA",
        "",
        "A PEM file with the certificates of the authorities of your own house, which the provider"
        " may have its own from; left empty, those that the machine trusts hold.",
        texts.a_file_or_none,
    )

    public_url: str = _setting(
        "COI_PUBLIC_URL",
        "http://127.0.0.1:8000",
        "The address under which browsers reach the pages; with `https://`, cookies are never sent"
        " without encryption.",
        texts.a_page_address,
    )
    language: str = _setting(
        "COI_LANGUAGE",
        "en",
        "The language of the pages (`en` or `de`) for whoever chose none and whose browser asks for"
        " none of the two.",
        texts.one_of("en", "de"),
    )
    idle_minutes: int = _setting(
        "COI_IDLE_MINUTES",
        "15",
        "After how many minutes (1 to 120) without use somebody is signed out of the pages.",
        texts.a_number(1, 120),
    )
    session_hours: int = _setting(
        "COI_SESSION_HOURS",
        "12",
        "After how many hours (1 to 24) somebody is signed out of the pages in any case.",
        texts.a_number(1, 24),
    )

    requests_per_minute: int = _setting(
        "COI_REQUESTS_PER_MINUTE",
        "600",
        "How often a minute (1 to 100000) an account may ask this process by programs, or an"
        " address that shows no account's token.",
        texts.a_number(1, 100_000),
    )

    help_line: str = _setting(
        "COI_HELP_LINE",
        "",
        "Whom to call when a code cannot be read at the bedside, with the number; shown as it is"
        " written, and left empty it is the coordinator.",
        texts.a_line,
    )

    webhook_send: bool = _setting(
        "COI_WEBHOOK_SEND",
        "on",
        "Whether `coi serve` sends webhooks (`on`), or leaves that to `coi deliver` (`off`).",
        texts.on_or_off,
    )
    webhook_allow: tuple[str, ...] = _setting(
        "COI_WEBHOOK_ALLOW",
        "",
        "Hosts, addresses and networks inside that webhooks may be sent to beside what is public,"
        " with commas between; a host or network of this list is also reached at any port.",
        texts.hosts,
    )
    webhook_http: tuple[str, ...] = _setting(
        "COI_WEBHOOK_HTTP",
        "",
        "Hosts to which webhooks may be sent without encryption, with commas between; each is"
        " allowed as in `COI_WEBHOOK_ALLOW`.",
        texts.hosts,
    )
    webhook_ca: Path | None = _setting(
        "COI_WEBHOOK_CA",
        "",
        "A PEM file with the certificates of the authorities of your own house, which receivers of"
        " webhooks may have theirs from; left empty, those that the machine trusts hold.",
        texts.a_file_or_none,
    )
    print_send: bool = _setting(
        "COI_PRINT_SEND",
        "on",
        "Whether `coi serve` sends labels to printers (`on`), or leaves that to `coi print`"
        " (`off`).",
        texts.on_or_off,
    )
    printer_allow: tuple[str, ...] = _setting(
        "COI_PRINTER_ALLOW",
        "",
        "Hosts, addresses and networks in which printers may be, with commas between; left empty,"
        " no printer is spoken to.",
        texts.hosts,
    )
    printer_ca: Path | None = _setting(
        "COI_PRINTER_CA",
        "",
        "A PEM file with the certificates that printers of `ipps://` have theirs from; left empty,"
        " those that the machine trusts hold.",
        texts.a_file_or_none,
    )
    log_format: str = _setting(
        "COI_LOG_FORMAT",
        "auto",
        "How what happens is written to standard error: `json`, one object on each line; `console`,"
        " for people; or `auto`, which is `console` at a terminal and `json` elsewhere.",
        texts.one_of("auto", "json", "console"),
    )
    log_collector: str = _setting(
        "COI_LOG_COLLECTOR",
        "",
        "A second machine that each line of the log is sent to before an answer goes out, as"
        " syslog: `tcp://` or `udp://`, its host and port; left empty, the log is written here"
        " alone.",
        texts.a_collector,
    )
    alarm_mail: tuple[str, ...] = _setting(
        "COI_ALARM_MAIL",
        "",
        "Who is told of an alarm by e-mail within a minute: addresses, with commas between;"
        " `site=address` is told of what rings in therapies at that site alone; left empty, nobody"
        " is.",
        texts.alarm_addresses,
    )
    mail_server: str = _setting(
        "COI_MAIL_SERVER",
        "",
        "The server that sends these e-mails: `smtps://` or `smtp://`, its host and port, with user"
        " and password where it asks for them; a password is sent encrypted or not at all.",
        texts.a_mail_server,
        secret=True,
    )
    slow_ms: int = _setting(
        "COI_SLOW_MS",
        "1000",
        "How many milliseconds (1 to 600000) a look or a transaction may take before the log says"
        " that it was slow.",
        texts.a_number(1, 600_000),
    )
    trusted_proxies: tuple[str, ...] = _setting(
        "COI_TRUSTED_PROXIES",
        "",
        "The addresses, with commas between, of reverse proxies whose number of a request"
        " (`X-Request-ID`) is taken, and who asks (`X-Forwarded-For`); left empty, each request is"
        " given a number here.",
        texts.addresses,
    )
    metrics_token: str = _setting(
        "COI_METRICS_TOKEN",
        "",
        "What a Prometheus server says to be given the measurements of `/metrics`, 32 to 200"
        " characters; left empty, there is no such page.",
        texts.a_token,
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
        refuse_what_does_not_go_together(values)
        values["owner_database_url"] = values["owner_database_url"] or values["database_url"]
        return cls(**values)

    @property
    def database_path(self) -> Path | None:
        """The SQLite file; None where the record is in PostgreSQL."""
        address = urlsplit(self.database_url)
        return Path(address.path.removeprefix("/")) if address.scheme == texts.SQLITE else None

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


_DECLARED: dict[str, Setting] = {
    declared.name: declared.metadata["setting"] for declared in fields(Settings)
}
