"""Is the database's schema the one that this version was tested with? Asked at every start (TL-16).

A dropped trigger, a dropped key or a switched-off one changes the text and so its hash.
"""

from hashlib import sha256

from sqlalchemy import Connection

from coi.errors import CoiError

EXPECTED = {
    "sqlite": "f2df3bd1401aecc8267431b1b2739e7c716a26aa9f64a8ec57649583029852bf",
    "postgresql": "ca6081bdbc07bb2227e22d1e228881276ccab77c73792312d971632a29f47b05",
}
"""The hash of the newest schema on each database; a test says what it has to be."""

# What alembic keeps for itself says which migrations ran; it protects nothing.
_SQLITE = """
SELECT type || ' ' || name || ' ' || sql FROM sqlite_master
WHERE sql IS NOT NULL AND substr(name, 1, 7) <> 'sqlite_' AND tbl_name <> 'alembic_version'
"""

# Keys are internal triggers on PostgreSQL, and each can be switched off by the owner: those that
# are not in their usual state are told too.
_POSTGRESQL = """
WITH ours AS (
  SELECT c.oid, c.relname, c.relkind, c.relrowsecurity FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND left(c.relname, 15) <> 'alembic_version'
)
SELECT concat_ws(' ', 'relation', relname, relkind, relrowsecurity) FROM ours
UNION ALL
SELECT concat_ws(' ', 'column', relname, a.attname, format_type(a.atttypid, a.atttypmod),
                 a.attnotnull, a.atthasdef)
FROM ours JOIN pg_attribute a ON a.attrelid = ours.oid
WHERE relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT concat_ws(' ', 'constraint', relname, k.conname, k.convalidated, pg_get_constraintdef(k.oid))
FROM ours JOIN pg_constraint k ON k.conrelid = ours.oid WHERE k.contype IN ('p', 'u', 'f', 'c')
UNION ALL
SELECT concat_ws(' ', 'index', relname, pg_get_indexdef(ours.oid)) FROM ours WHERE relkind = 'i'
UNION ALL
SELECT concat_ws(' ', 'trigger', relname, t.tgname, t.tgenabled)
FROM ours JOIN pg_trigger t ON t.tgrelid = ours.oid
WHERE NOT t.tgisinternal OR t.tgenabled <> 'O'
UNION ALL
SELECT concat_ws(' ', 'rule', relname, r.rulename)
FROM ours JOIN pg_rewrite r ON r.ev_class = ours.oid
"""


class SchemaDiffers(CoiError):
    """The tables or what protects them are not those of this version; the product stops."""

    code = "SCHEMA_DIFFERS"

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(
            f"The database's tables or their locks have the hash {found[:16]}, and this version"
            f" was tested with {expected[:16]}.",
            "After an update, migrate the database. Otherwise somebody changed what protects the"
            " record: keep the database as it is, and let quality assurance compare it with the"
            " last backup.",
        )
        self.found = found
        self.expected = expected


def schema_text(connection: Connection) -> str:
    """The tables, keys, indexes and locks that the database has, one statement after the other."""
    query = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    return "\n".join(sorted(connection.exec_driver_sql(query).scalars()))


def schema_hash(connection: Connection) -> str:
    """SHA-256 of the schema's text, in hex."""
    return sha256(schema_text(connection).encode()).hexdigest()


def require_schema(connection: Connection) -> None:
    """The schema is the one that this version was tested with, or the product does not start.

    Raises:
        SchemaDiffers: it is not.
    """
    found, expected = schema_hash(connection), EXPECTED[connection.dialect.name]
    if found != expected:
        raise SchemaDiffers(found, expected)
