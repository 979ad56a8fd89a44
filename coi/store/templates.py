"""The label templates that a site made for itself, and who kept each: written once, and read."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, func, select

from coi.store import tables as t
from coi.store.append import add
from coi.store.statements import Statement
from coi.store.words import ONE


@dataclass(frozen=True, slots=True)
class KeptText:
    """One version as it stands in the record: who kept it, when, and what that entry says."""

    name: str
    version: int
    layout: str
    text: str
    kept_by: str
    recorded_at: str
    entry: str


def add_template(connection: Connection, row: Mapping[str, object], chain: str, seq: int) -> None:
    """Keep one version of a template: name, version, hash, layout and text."""
    add(connection, t.label_template, [{**row, "chain": chain, "seq": seq}])


_kept = (
    select(
        *(t.label_template.c.name, t.label_template.c.version),
        *(t.label_template.c.layout, t.label_template.c.text),
        *(t.entry.c.actor, t.entry.c.recorded_at, t.entry.c.content),
    )
    .join_from(
        t.label_template,
        t.entry,
        and_(t.entry.c.chain == t.label_template.c.chain, t.entry.c.seq == t.label_template.c.seq),
    )
    .order_by(t.label_template.c.version.desc())
)
_versions = Statement(_kept.where(t.label_template.c.name == bindparam("name")))
_newest = Statement(_kept.where(t.label_template.c.name == bindparam("name")).limit(ONE))
_with_layout = Statement(_kept.where(t.label_template.c.layout == bindparam("layout")))


def texts_of(connection: Connection, name: str) -> tuple[KeptText, ...]:
    """Every version of a template, the newest first; none of a name that there is not."""
    return tuple(KeptText(*row) for row in _versions.rows(connection, name=name))


def newest_text(connection: Connection, name: str) -> KeptText | None:
    """The newest version of a template, or None."""
    row = _newest.row(connection, name=name)
    return KeptText(*row) if row else None


def text_with(connection: Connection, layout: str) -> KeptText | None:
    """The version that has this layout, or None."""
    row = _with_layout.row(connection, layout=layout)
    return KeptText(*row) if row else None


_layouts = Statement(
    select(t.label_template.c.name, t.label_template.c.layout).order_by(t.label_template.c.version)
)
_how_many = Statement(select(func.count()).select_from(t.label_template))


def layouts(connection: Connection) -> dict[str, tuple[str, ...]]:
    """The layout of each version of each template, the oldest first, by its name."""
    found: dict[str, tuple[str, ...]] = {}
    for name, layout in _layouts.rows(connection):
        found[name] = (*found.get(name, ()), layout)
    return found


def count(connection: Connection) -> int:
    """How many versions are kept, of all templates together."""
    row = _how_many.row(connection)
    return int(row[0]) if row else 0
