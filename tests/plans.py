"""How a database would find what it is asked for."""

from sqlalchemy import Connection, text


def plan_of(connection: Connection, statement: str, values: object) -> str:
    """The plan of a statement; of PostgreSQL whether a table must be read whole, small as it is."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return "\n".join(row[3] for row in rows)
    # A table that fits into few pages is read whole, rightly: what is asked is whether it must be.
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values))
