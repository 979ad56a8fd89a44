"""What is deleted is written over, where the database would leave it in free room of its file."""

from sqlalchemy import Connection


def overwrite_erased(connection: Connection) -> None:
    """Let SQLite write over what is deleted from now on through this connection."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
