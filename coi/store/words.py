"""The words in which the tables are written down: short, so that a table reads like a table.

Every constraint has a name, because a refusal is known by the name of what refused. Lists of
columns are given as one text, separated by blanks.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    literal_column,
    make_url,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

metadata = MetaData()
SQLITE = make_url("sqlite+pysqlite://").get_dialect()()
POSTGRESQL = make_url("postgresql+psycopg://").get_dialect()()
NUMBERED = type(POSTGRESQL)(paramstyle="numeric_dollar")  # type: ignore[call-arg]
"""PostgreSQL with values by number, as the server itself takes them."""

ONE: ColumnElement[int] = literal_column("1")
"""The limit of a query for one row: where it is a parameter, SQLite plans the query each time."""

BEGINNING: ColumnElement[int] = literal_column("64")
"""How many characters of a text an index keeps: said alike in the index and in each query."""


def said(text_: str) -> TextClause:
    """A text of ours that stands in a query as it stands in an index, and not as a parameter."""
    return text("'" + text_.replace("'", "''") + "'")


class by_code_point(FunctionElement[str]):  # noqa: N801 - it is written like a function of SQL
    """A text compared sign by sign on both databases: PostgreSQL's may sort as people do."""

    inherit_cache = True
    type = Text()


@compiles(by_code_point)
def _as_it_is(element: by_code_point, compiler: SQLCompiler, **told: object) -> str:
    return compiler.process(element.clauses, **told)


@compiles(by_code_point, "postgresql")
def _collated(element: by_code_point, compiler: SQLCompiler, **told: object) -> str:
    return f'{compiler.process(element.clauses, **told)} COLLATE "C"'


class all_in_one(FunctionElement[str]):  # noqa: N801 - it is written like a function of SQL
    """The texts of all rows as one, with a blank between each two: an aggregate."""

    inherit_cache = True
    type = Text()


@compiles(all_in_one)
def _concatenated(element: all_in_one, compiler: SQLCompiler, **told: object) -> str:
    return f"group_concat({compiler.process(element.clauses, **told)}, ' ')"


@compiles(all_in_one, "postgresql")
def _aggregated(element: all_in_one, compiler: SQLCompiler, **told: object) -> str:
    return f"string_agg({compiler.process(element.clauses, **told)}, ' ')"


TablePart = SchemaItem | list[Column[str]] | list[Column[int]]
"""What a table is declared with: constraints, and columns by the handful."""

# SQLite's strict tables know INTEGER, which is 64 bits there, and no BIGINT.
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")
# The form alone, and not whether there is such a day: that much both databases can check.
_MOMENT = "____-__-__T__:__:__.______Z"


def texts(names: str, *, null: bool = False) -> list[Column[str]]:
    """Columns of text; NULL is the exception, because it switches a composite key off."""
    return [Column(name, Text(), nullable=null) for name in names.split()]


def numbers(names: str, *, null: bool = False) -> list[Column[int]]:
    """Columns of whole numbers; whoever writes a row says them, and no sequence counts them."""
    wanted = names.split()
    return [Column(name, _NUMBER, nullable=null, autoincrement=False) for name in wanted]


def primary(table: str, columns: str) -> PrimaryKeyConstraint:
    """The primary key, named pk_<table>."""
    return PrimaryKeyConstraint(*columns.split(), name=f"pk_{table}")


def unique(name: str, columns: str) -> UniqueConstraint:
    """No two rows share these values."""
    return UniqueConstraint(*columns.split(), name=name)


def check(name: str, condition: str) -> CheckConstraint:
    """Refuse a row that does not meet the condition; NULL must not slip through it."""
    return CheckConstraint(condition, name=name)


def refers(name: str, columns: str, target: str, targets: str) -> ForeignKeyConstraint:
    """These columns name a row of the target; two tables may refer to each other."""
    return ForeignKeyConstraint(
        columns.split(),
        [f"{target}.{column}" for column in targets.split()],
        name=name,
    )


def moment(name: str, column: str, *, or_never: bool = False) -> CheckConstraint:
    """The column holds UTC to the microsecond, so that text sorts as time; '-' may say never."""
    never = f"{column} = '-' OR " if or_never else ""
    return check(name, f"{never}{column} LIKE '{_MOMENT}'")


def among(name: str, column: str, words: str) -> CheckConstraint:
    """The column holds one of these words."""
    listed = ", ".join(f"'{word}'" for word in words.split())
    return check(name, f"{column} IN ({listed})")


def table(name: str, *parts: TablePart) -> Table:
    """Declare one table, with strict types and without SQLite's hidden row number.

    The hidden number would be a second key: `INSERT OR REPLACE` with it overwrites any row, and no
    trigger sees which.
    """
    items = [item for part in parts for item in (part if isinstance(part, list) else [part])]
    return Table(name, metadata, *items, sqlite_strict=True, sqlite_with_rowid=False)
