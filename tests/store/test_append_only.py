"""Nothing in the record is changed, removed or replaced; what stands apart is."""

# ruff: noqa: S608 - an attack types its statement

import re

import pytest
from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

from coi.store.tables import APART, PASSING, RECORD, metadata, position
from tests.store.doors import Refused, typed_into_prompt
from tests.store.world import A, pack
from tests.store.writer import Row, Writer


def keys_of(table: Table) -> list[PrimaryKeyConstraint | UniqueConstraint]:
    """The table's primary key and its unique keys."""
    keys = (PrimaryKeyConstraint, UniqueConstraint)
    found = [key for key in table.constraints if isinstance(key, keys)]
    return sorted(found, key=lambda key: str(key.name))


def columns_of(key: PrimaryKeyConstraint | UniqueConstraint) -> set[str]:
    """The names of a key's columns."""
    return {column.name for column in key.columns}


DENIED = "permission denied"
SQLITE_DOORS = pytest.mark.parametrize("door", ["product", "bare"])
EVERY_TABLE = pytest.mark.parametrize("table", RECORD, ids=lambda table: table.name)
EVERY_FIXED_TABLE = pytest.mark.parametrize(
    "table", [table for table in RECORD if table is not position], ids=lambda table: table.name
)
KEYS = [
    (table, key)
    for table in RECORD
    for key in keys_of(table)
    if isinstance(key, UniqueConstraint)
    and not any(columns < columns_of(key) for columns in map(columns_of, keys_of(table)))
]
"""Every unique key that says more than another one."""
MAY_BE_NULL = {
    "ck_entry_genesis": "prev_seq prev_hash prev_version",
    "ck_label_issue": "prev_issue replaces",
    "ck_label_turn_turn": "prev_turn",
    "ck_label_turn_voided": "voided",
    "ck_lineage_package": "package",
    "ck_move_packing": "put_into package package_turn package_custody",
    "ck_move_turn": "prev_turn",
    "ck_move_scan": "label_serial",
    "ck_move_patient": "patient_id wristband",
    "ck_person_origin": "chain seq",
    "ck_checkpoint_grows": "prev_size",
    "ck_tree_leaf_order": "prev_seq",
    "ck_subject_origin": "origin_id origin_born",
    "ck_value_over_label": "over_label",
    "ck_value_revision": "prev_revision",
}
"""Which check says when a column may be NULL; those of parts are tested with the parts."""


def a_row(writer: Writer, table: Table) -> Row:
    """Any row of the table; the world has one in each."""
    return writer.rows(table.name)[0]


def a_row_that_shares(
    writer: Writer, table: Table, key: PrimaryKeyConstraint | UniqueConstraint
) -> Row:
    """A row that shares one unique key with another row, and no other key."""
    if table.name == "lineage":
        writer.act(pack(A))
    row = next(row for row in writer.rows(table.name) if all(row[c] for c in columns_of(key)))
    for name in {column for other in keys_of(table) for column in columns_of(other)}:
        if name not in columns_of(key):
            value = row[name]
            row[name] = value + 1000 if isinstance(value, int) else f"{value}x"
    return row


def first_column(table: Table) -> str:
    """A column of the primary key."""
    return next(iter(table.primary_key)).name


@EVERY_FIXED_TABLE
@SQLITE_DOORS
def test_a_row_is_not_updated_on_sqlite(request, door, table):
    """An update is refused by the table's lock, even if it changes nothing (TL-16)."""
    writer = request.getfixturevalue(door)

    with pytest.raises(Refused, match=f"^lock_{table.name}_update$"):
        writer.door.execute(_touching(table))


@EVERY_FIXED_TABLE
def test_a_row_is_not_updated_on_postgresql(postgres, table):
    """The role of every day has no right to update (TL-15)."""
    with pytest.raises(Refused, match=DENIED):
        postgres.door.execute(_touching(table))


@EVERY_TABLE
@SQLITE_DOORS
def test_a_row_is_not_deleted_on_sqlite(request, door, table):
    """A deletion is refused by the table's lock (TL-16)."""
    writer = request.getfixturevalue(door)

    with pytest.raises(Refused, match=f"^lock_{table.name}_delete$"):
        writer.door.execute(f"DELETE FROM {table.name}")


@EVERY_TABLE
def test_a_row_is_not_deleted_on_postgresql(postgres, table):
    """The role of every day has no right to delete (TL-15)."""
    with pytest.raises(Refused, match=DENIED):
        postgres.door.execute(f"DELETE FROM {table.name}")


@EVERY_FIXED_TABLE
def test_the_prompt_of_sqlite_changes_nothing(bare_world, table):
    """SQLite's own program, with nothing set, is refused like any other."""
    replacing = f"INSERT OR REPLACE INTO {table.name} SELECT * FROM {table.name}"
    tried = ("BEGIN", _touching(table), f"DELETE FROM {table.name}", replacing)

    complaint = typed_into_prompt(bare_world, tried)

    names = re.findall(r"\b(?:lock|pk)_\w+", complaint)
    assert names == [f"lock_{table.name}_update", f"lock_{table.name}_delete", f"pk_{table.name}"]


@EVERY_TABLE
@SQLITE_DOORS
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"])
def test_a_row_is_not_replaced(request, door, table, verb):
    """A row with a taken primary key is refused loudly, whatever the statement prefers (TL-16)."""
    writer = request.getfixturevalue(door)

    with pytest.raises(Refused, match=f"^pk_{table.name}$"):
        writer.door.execute(f"{verb} INTO {table.name} SELECT * FROM {table.name} LIMIT 1")


@pytest.mark.parametrize(("table", "key"), KEYS, ids=lambda one: str(one.name))
@SQLITE_DOORS
def test_a_row_is_not_replaced_by_another_key(request, door, table, key):
    """REPLACE would remove a row that shares any unique key; each of them is repeated."""
    writer = request.getfixturevalue(door)
    row = a_row_that_shares(writer, table, key)
    marks = ", ".join("?" * len(row))

    with pytest.raises(Refused, match=f"^{key.name}$"):
        writer.door.execute(
            f"INSERT OR REPLACE INTO {table.name} VALUES ({marks})", [*row.values()]
        )


@EVERY_TABLE
@SQLITE_DOORS
def test_there_is_no_hidden_row_number(request, door, table):
    """By SQLite's hidden row number a legal new row could replace any old one."""
    writer = request.getfixturevalue(door)

    with pytest.raises(Refused, match="no such column"):
        writer.door.execute(f"SELECT rowid FROM {table.name}")


@EVERY_TABLE
@SQLITE_DOORS
def test_a_row_is_not_upserted_on_sqlite(request, door, table):
    """An upsert is refused before it can update (TL-16)."""
    writer = request.getfixturevalue(door)

    with pytest.raises(Refused, match=f"^pk_{table.name}$"):
        writer.door.execute(_upsert(table))


@EVERY_FIXED_TABLE
def test_a_row_is_not_upserted_on_postgresql(postgres, table):
    """An upsert needs the right to update (TL-15)."""
    with pytest.raises(Refused, match=DENIED):
        postgres.door.execute(_upsert(table))


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE move",
        "TRUNCATE position",
        "DROP TABLE signature CASCADE",
        "DROP INDEX ix_therapy_patient",
        "ALTER TABLE move DROP CONSTRAINT ck_move_custody",
        "ALTER TABLE move DISABLE TRIGGER ALL",
        "ALTER TABLE entry OWNER TO coi_app",
        "SET session_replication_role = replica",
        "SET ROLE postgres",
        "CREATE TABLE public.move_2 (n INTEGER)",
        "CREATE RULE quiet AS ON INSERT TO move DO INSTEAD NOTHING",
        "CREATE POLICY quiet ON move",
        "LOCK TABLE entry IN ACCESS EXCLUSIVE MODE",
        "UPDATE position SET chain = chain",
        "UPDATE position SET subject = subject",
        "UPDATE pg_trigger SET tgenabled = 'D'",
        "DELETE FROM pg_constraint",
        "COPY party FROM '/etc/passwd'",
        "UPDATE alembic_version SET version_num = '0000'",
        "INSERT INTO alembic_version VALUES ('0002')",
    ],
)
def test_the_role_of_every_day_may_not(postgres, statement):
    """What would remove the protection needs the owner of the tables (TL-15)."""
    with pytest.raises(Refused, match=DENIED):
        postgres.door.execute(statement)


def test_a_right_is_not_given_to_oneself(postgres):
    """A grant by who does not own the table gives nothing."""
    postgres.door.execute("GRANT UPDATE ON move TO coi_app")

    with pytest.raises(Refused, match=DENIED):
        postgres.door.execute("UPDATE move SET unit = unit")


def test_what_stands_apart_is_changed_and_erased(writer):
    """Erasable text, keys and requests can be updated and deleted; the record does not notice."""
    writer.insert("erasable", {"commitment": "c", "salt": "s", "text": "a reason"})
    writer.door.execute("UPDATE erasable SET text = 'another'")
    writer.door.execute("DELETE FROM erasable")

    assert writer.rows("erasable") == []


def test_no_record_table_refers_to_what_stands_apart():
    """What may be erased carries nothing of the record."""
    referred = {key.referred_table for table in RECORD for key in table.foreign_key_constraints}

    assert not referred & {*APART, *PASSING}


def test_every_constraint_has_a_name_of_its_own():
    """A refusal is known by the name of what refused."""
    names = [str(key.name) for table in metadata.tables.values() for key in table.constraints]

    assert "None" not in names
    assert sorted(set(names)) == sorted(names)


def test_every_column_that_may_be_null_has_its_check():
    """NULL switches a composite key off; a check says when a column may be NULL."""
    table_of = {key.name: table.name for table in RECORD for key in table.constraints}
    guarded = {
        (table_of[check], column)
        for check, columns in MAY_BE_NULL.items()
        for column in columns.split()
    }
    nullable = {
        (table.name, column.name)
        for table in RECORD
        for column in table.columns
        if column.nullable and column.name != "prev_n"
    }
    of_parts = {pair for pair in nullable if pair[0] == "entry"} - guarded

    assert nullable - of_parts == guarded
    assert all(column.startswith("prev_") for _, column in of_parts)


def _touching(table: Table) -> str:
    column = first_column(table)
    return f"UPDATE {table.name} SET {column} = {column}"


def _upsert(table: Table) -> str:
    keys = [column.name for column in table.primary_key]
    other = next((c.name for c in table.columns if c.name not in keys), keys[0])
    return (
        f"INSERT INTO {table.name} SELECT * FROM {table.name} WHERE 1 = 1"
        f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {other} = excluded.{other}"
    )
