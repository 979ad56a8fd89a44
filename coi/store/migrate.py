"""Bring a database to the newest schema, and give the role of every day its rights."""

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from coi.store.engine import write
from coi.store.fence import revision_of
from coi.store.locks import postgres_rights


def upgrade(engine: Engine, app_role: str | None = None) -> None:
    """Run every migration that is missing, all or none; `app_role` matters on PostgreSQL only.

    On PostgreSQL the engine's own role becomes the owner of the tables. The role in `app_role`
    must exist, and may then read and append (TL-15).

    Whoever is writing an entry is waited for, and nobody begins one meanwhile.
    """
    with write(engine) as connection:
        _close_fence(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if app_role is not None and engine.dialect.name == "postgresql":
            for statement in postgres_rights(app_role):
                connection.exec_driver_sql(statement)


def _close_fence(connection: Connection) -> None:
    """Keep out everybody who asks which version it is; on SQLite nobody else writes anyway."""
    if connection.dialect.name == "postgresql" and revision_of(connection):
        connection.exec_driver_sql("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")


def heads() -> list[str]:
    """The newest revisions; more than one means that two branches were never joined."""
    return ScriptDirectory.from_config(_config()).get_heads()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "coi.store:migrations")
    config.set_main_option("path_separator", "os")
    return config
