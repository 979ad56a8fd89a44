"""Settings: read once, refused loudly, and documented."""

import re
from pathlib import Path

import pytest

from coi.errors import SettingError
from coi.settings import Setting, Settings, declared_settings

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"
POSTGRESQL = "postgresql+psycopg://coi:hunter2-of-coi@db.example.org/coi"

REFUSED = [
    ("COI_HOME", "", "is empty"),
    ("COI_HOME", "~/coi", "only a shell knows"),
    ("COI_HOME", "/srv/what?", "means something else"),
    ("COI_HOME", "/srv/what#", "means something else"),
    ("COI_HOME", "/srv/100%", "means something else"),
    ("COI_HOME", "/srv/what\n", "means something else"),
    ("COI_HOME", __file__, "which is a file"),
    ("COI_DATABASE_URL", "", "does not start with a database"),
    ("COI_DATABASE_URL", "mysql://coi:hunter2-of-coi@db/coi", "does not start with a database"),
    ("COI_DATABASE_URL", "postgresql://coi:hunter2-of-coi@db/coi", "does not start"),
    ("COI_DATABASE_URL", "sqlite:////srv/coi.sqlite3", "does not start with a database"),
    ("COI_DATABASE_URL", "postgresql+psycopg://[::1/coi", "is not an address"),
    ("COI_DATABASE_URL", "sqlite+pysqlite:////srv/co\ti.sqlite3", "is not an address"),
    ("COI_DATABASE_URL", "postgresql+psycopg://coi:hunter2-of-coi@db/", "not name a database"),
    ("COI_DATABASE_URL", "sqlite+pysqlite:///coi.sqlite3", "not name an absolute file"),
    ("COI_DATABASE_URL", "sqlite+pysqlite:///:memory:", "not name an absolute file"),
    ("COI_DATABASE_URL", "sqlite+pysqlite://", "not name an absolute file"),
    ("COI_DATABASE_URL", "sqlite+pysqlite:////srv/", "not name an absolute file"),
    ("COI_DATABASE_URL", "sqlite+pysqlite:////srv/c.sqlite3?mode=ro", "do not belong"),
    ("COI_DATABASE_URL", "sqlite+pysqlite:////srv/a%20b.sqlite3", "do not belong"),
    ("COI_OWNER_DATABASE_URL", "sqlite+pysqlite:////srv/c.sqlite3", "SQLite knows no owners"),
    ("COI_OWNER_DATABASE_URL", "postgresql+psycopg://db", "does not name a database"),
    ("COI_OWNER_DATABASE_URL", POSTGRESQL, "COI_DATABASE_URL is not an address of PostgreSQL"),
    ("COI_ISSUER", "dem0", "is not four of the characters"),
    ("COI_ISSUER", "DEMO", "is not four of the characters"),
    ("COI_ISSUER", "DEM", "is not four of the characters"),
    ("COI_ISSUER", "DEM00", "is not four of the characters"),
    ("COI_ISSUER", "DEM0\n", "is not four of the characters"),
    ("COI_VAULT_KEY_FILE", "", "does not name a file"),
    ("COI_VAULT_KEY_FILE", "key\n", "does not name a file"),
    ("COI_VAULT_KEY_FILE", "~/vault.key", "only a shell knows"),
    ("COI_VAULT_KEY_FILE", "/usr", "which is a folder"),
    ("COI_CHECKPOINT_KEY_FILE", "", "does not name a file"),
    ("COI_CHECKPOINT_KEY_FILE", "/usr", "which is a folder"),
    ("COI_CHECKPOINT_SIGN", "yes", "neither on nor off"),
    ("COI_VERIFY_MINUTES", "1441", "from 0 to 1440"),
    ("COI_ANCHOR_FILE", "/usr", "which is a folder"),
    ("COI_WITNESSES", "https://coi.south.example/witness", "no witness"),
    ("COI_WITNESSES", "coi.south.example witness+5d1f0c2a+BEk7", "no witness"),
    ("COI_ANCHOR_MAIL", "quality", "no address of e-mail"),
    ("COI_ANCHOR_MAIL", "qa@example.org", "COI_MAIL_SERVER is empty"),
    ("COI_TIMESTAMP_URL", "tsa.example.org", "no address that can be asked"),
    ("COI_TIMESTAMP_URL", "https://user:hunter@tsa.example.org/", "no address that can be asked"),
    ("COI_TIMESTAMP_URL", "https://tsa.example.org/", "COI_TIMESTAMP_CA is empty"),
    ("COI_TIMESTAMP_CA", "/usr", "which is a folder"),
    ("COI_ANCHOR_MINUTES", "4", "from 5 to 720"),
    ("COI_ANCHOR_MINUTES", "721", "from 5 to 720"),
    ("COI_WITNESS_FOR", "/usr", "which is a folder"),
    ("COI_BUSY_TIMEOUT_MS", "99", "from 100 to 60000"),
    ("COI_BUSY_TIMEOUT_MS", "60001", "from 100 to 60000"),
    ("COI_BUSY_TIMEOUT_MS", "5 s", "from 100 to 60000"),
    ("COI_BUSY_TIMEOUT_MS", "\u0665\u0660\u0660", "from 100 to 60000"),
    ("COI_BUSY_TIMEOUT_MS", "", "from 100 to 60000"),
    ("COI_SQLITE_SYNCHRONOUS", "NORMAL", "may lose commits on power loss"),
    ("COI_SQLITE_SYNCHRONOUS", "OFF", "may lose commits on power loss"),
    ("COI_SQLITE_SYNCHRONOUS", "full", "no mode of SQLite"),
    ("COI_PASSWORD_MIN_LENGTH", "7", "from 8 to 128"),
    ("COI_PASSWORD_MIN_LENGTH", "129", "from 8 to 128"),
    ("COI_OIDC_ISSUER", "https://id.example.org", "by one of the two alone"),
    ("COI_OIDC_ISSUER", "http://id.example.org", "no provider that can be believed"),
    ("COI_OIDC_ISSUER", "https://user@id.example.org", "no provider that can be believed"),
    ("COI_OIDC_ISSUER", "https://id.example.org?tenant=1", "no provider that can be believed"),
    ("COI_OIDC_ISSUER", "https://", "no provider that can be believed"),
    ("COI_OIDC_CLIENT_ID", "coi", "by one of the two alone"),
    ("COI_OIDC_CLIENT_ID", "c\no", "no line that can be shown"),
    ("COI_OIDC_SECRET_FILE", "/usr", "which is a folder"),
    ("COI_OIDC_NAME", "North\n", "no line that can be shown"),
    ("COI_OIDC_ALGORITHMS", "none", "only RS256"),
    ("COI_OIDC_ALGORITHMS", "RS256, HS256", "only RS256"),
    ("COI_OIDC_ALGORITHMS", "", "only RS256"),
    ("COI_OIDC_SECOND_FACTOR", "m f a", "no word"),
    ("COI_OIDC_CA", "/usr", "which is a folder"),
    ("COI_PUBLIC_URL", "coi.example.org", "no address of a server"),
    ("COI_PUBLIC_URL", "ftp://coi.example.org", "no address of a server"),
    ("COI_PUBLIC_URL", "https://coi.example.org/pages", "no address of a server"),
    ("COI_LANGUAGE", "fr", "none of its words"),
    ("COI_IDLE_MINUTES", "0", "from 1 to 120"),
    ("COI_IDLE_MINUTES", "121", "from 1 to 120"),
    ("COI_SESSION_HOURS", "0", "from 1 to 24"),
    ("COI_SESSION_HOURS", "25", "from 1 to 24"),
    ("COI_REQUESTS_PER_MINUTE", "0", "from 1 to 100000"),
    ("COI_HELP_LINE", "x" * 201, "no line that can be shown"),
    ("COI_HELP_LINE", "call\n555", "no line that can be shown"),
    ("COI_WEBHOOK_SEND", "yes", "neither on nor off"),
    ("COI_WEBHOOK_ALLOW", "https://lims.example.org", "no host and no network"),
    ("COI_WEBHOOK_ALLOW", "lims.example.org, 10.1.0.0/99", "no host and no network"),
    ("COI_ACCESS_REVIEW_DAYS", "0", "from 1 to 1100"),
    ("COI_ARCHIVE_CHECK_DAYS", "0", "from 1 to 1100"),
    ("COI_DEVICE_TEST_DAYS", "1101", "from 0 to 1100"),
    ("COI_DEVICE_REFUSED_DAYS", "366", "from 0 to 365"),
    ("COI_PERMIT_MINUTES", "61", "from 5 to 60"),
    ("COI_EVALUATION_DAYS", "0", "from 1 to 1100"),
    ("COI_FACTOR_ROLES", "QA Reviewer", "which is no role"),
    ("COI_PASSKEY_ROLES", "QA Reviewer", "which is no role"),
    ("COI_FACTOR_INSIDE", "10.1", "which is no network"),
    ("COI_WEBHOOK_ALLOW", "10.1", "no host and no network"),
    ("COI_WEBHOOK_HTTP", "*", "no host and no network"),
    ("COI_SEAL_FILE", "/usr", "which is a folder"),
    ("COI_WEBHOOK_CA", "/usr", "which is a folder"),
    ("COI_PRINT_SEND", "yes", "neither on nor off"),
    ("COI_PRINTER_ALLOW", "socket://10.1.2.3", "no host and no network"),
    ("COI_PRINTER_CA", "/usr", "which is a folder"),
    ("COI_LOG_FORMAT", "xml", "none of its words"),
    ("COI_LOG_COLLECTOR", "logs.example.org:601", "no place that a log"),
    ("COI_LOG_COLLECTOR", "tcp://logs.example.org", "no place that a log"),
    ("COI_LOG_COLLECTOR", "http://logs.example.org:80", "no place that a log"),
    ("COI_LOG_COLLECTOR", "tcp://logs.example.org:x", "no place that a log"),
    ("COI_LOG_COLLECTOR", "tcp://logs.example.org:601/x", "no place that a log"),
    ("COI_ALARM_MAIL", "security", "no address of e-mail"),
    ("COI_ALARM_MAIL", "a@example.org\r\nBcc: b@example.org", "no address of e-mail"),
    ("COI_ALARM_MAIL", "security@example.org", "COI_MAIL_SERVER is empty"),
    ("COI_ALARM_MAIL", "security@example.org, North Lab=a@example.org", "no id of a site"),
    ("COI_ALARM_MAIL", "security@example.org, north=lab", "no address of e-mail"),
    ("COI_ALARM_MAIL", "north=lab@example.org", "addresses of sites alone"),
    ("COI_MAIL_SERVER", "smtp://user:hunter2@mail.example.org", "no address of a server"),
    ("COI_MAIL_SERVER", "hunter2.example.org", "no address of a server"),
    ("COI_SLOW_MS", "0", "from 1 to 600000"),
    ("COI_TRUSTED_PROXIES", "proxy.example.org", "no address of a machine"),
    ("COI_METRICS_TOKEN", "hunter2 and so on, with blanks in it", "no token"),
    ("COI_METRICS_TOKEN", "hunter2", "no token"),
    ("COI_HOEM", "/srv/coi", "Write COI_HOME."),
    ("COI_XYZZY", "1", "Remove it"),
]


@pytest.mark.parametrize(("name", "text", "sentence"), REFUSED)
def test_a_value_that_cannot_be_used_is_refused_in_a_sentence(name, text, sentence):
    """A bad value names its variable, what is wrong, and what to write instead."""
    with pytest.raises(SettingError) as caught:
        Settings.from_environment({name: text})

    assert caught.value.name == name
    assert sentence in str(caught.value)
    assert caught.value.sentence.endswith(".")
    assert caught.value.next_step.endswith(".")


def test_every_setting_has_a_value_that_is_refused():
    """No setting takes just anything."""
    refused = {name for name, _, _ in REFUSED}

    assert {setting.name for setting in declared_settings()} <= refused


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, text, _ in REFUSED if "hunter2" in text]
)
def test_a_password_is_not_repeated_in_a_refusal(name, text):
    """Whoever reads the log of a failed start does not learn the database's password."""
    with pytest.raises(SettingError) as caught:
        Settings.from_environment({name: text})

    assert "hunter2" not in str(caught.value)


def test_a_password_is_not_shown_with_the_settings():
    """Settings that end up in a log do not show the database's password."""
    settings = Settings.from_environment(
        {"COI_DATABASE_URL": POSTGRESQL, "COI_OWNER_DATABASE_URL": POSTGRESQL}
    )

    assert "hunter2" not in repr(settings)


def test_everything_has_a_default(tmp_path, monkeypatch):
    """A first try needs no setting: everything lies in one folder, where the product starts."""
    monkeypatch.chdir(tmp_path)

    settings = Settings.from_environment({"PATH": "/usr/bin"})

    assert settings.home == tmp_path / "coi-home"
    assert settings.database_path == tmp_path / "coi-home" / "coi.sqlite3"
    assert settings.vault_key_file == tmp_path / "coi-home" / "keys" / "vault.key"
    assert settings.spool_path == tmp_path / "coi-home" / "spool"
    assert settings.owner_database_url == settings.database_url
    assert (settings.issuer, settings.sqlite_synchronous) == ("TEST", "FULL")
    assert (settings.busy_timeout_ms, settings.password_min_length) == (5000, 15)


def test_everything_that_is_set_is_used():
    """Each variable changes its own setting."""
    settings = Settings.from_environment(
        {
            "COI_HOME": "/srv/coi",
            "COI_DATABASE_URL": POSTGRESQL,
            "COI_OWNER_DATABASE_URL": "postgresql+psycopg://owner@db.example.org/coi",
            "COI_ISSUER": "H7ZT",
            "COI_VAULT_KEY_FILE": "/run/keys/vault.key",
            "COI_BUSY_TIMEOUT_MS": "100",
            "COI_SQLITE_SYNCHRONOUS": "EXTRA",
            "COI_PASSWORD_MIN_LENGTH": "128",
            "COI_WEBHOOK_ALLOW": "lims.example.org, 10.1.0.0/16,::1",
            "COI_WEBHOOK_CA": "/srv/house.pem",
        }
    )

    assert settings.home == Path("/srv/coi")
    assert settings.webhook_allow == ("lims.example.org", "10.1.0.0/16", "::1")
    assert (settings.webhook_http, settings.webhook_ca) == ((), Path("/srv/house.pem"))
    assert settings.database_url == POSTGRESQL
    assert settings.database_path is None
    assert settings.owner_database_url == "postgresql+psycopg://owner@db.example.org/coi"
    assert settings.vault_key_file == Path("/run/keys/vault.key")
    assert (settings.issuer, settings.sqlite_synchronous) == ("H7ZT", "EXTRA")
    assert (settings.busy_timeout_ms, settings.password_min_length) == (100, 128)


def test_a_file_of_sqlite_can_lie_anywhere():
    """The database's file is the one that its address names."""
    settings = Settings.from_environment({"COI_DATABASE_URL": "sqlite+pysqlite:////srv/a b.db"})

    assert settings.database_path == Path("/srv/a b.db")


def test_several_hosts_of_postgresql_can_be_named():
    """An address with a failover host has no host before its database."""
    address = "postgresql+psycopg://coi@/coi?host=a:5432&host=b:5432"

    settings = Settings.from_environment({"COI_DATABASE_URL": address})

    assert settings.database_url == address


def test_every_setting_is_documented_and_nothing_else():
    """The document has one section for each setting, in the order of the declarations."""
    headings = re.findall(r"^## (.+)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)

    assert headings == [setting.name for setting in declared_settings()]


@pytest.mark.parametrize("setting", declared_settings(), ids=lambda setting: setting.name)
def test_the_document_says_what_the_declaration_says(setting: Setting):
    """A section tells the default and, in the same words, what the setting does."""
    document = DOCUMENT.read_text(encoding="utf-8")

    section = document.partition(f"## {setting.name}\n")[2].partition("\n## ")[0]

    default = f"`{setting.default}`" if setting.default else "empty"
    assert f"Default: {default}\n" in section
    assert setting.explanation in " ".join(section.split())
    assert setting.explanation.endswith(".")
