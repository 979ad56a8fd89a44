"""The registry of all that can be imported: one row a kind, and each is done in the same way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from coi.errors import Unknown
from coi.services import code_tables, paper_table, people_table, site_table, step_sheet
from coi.services.importing import ORDERS, import_order_table
from coi.services.installation import Installation
from coi.services.order_file import COLUMNS, DAYS, REFERENCE, SEXES
from coi.services.permissions import Permission
from coi.services.taking_in import Asked, Column, Outcome
from workflows.on_paper import TRANSCRIBED

_MEANINGS: Mapping[str, tuple[str, str]] = {
    "family_name": ("The patient's family name, as the passport writes it.", "O'Brien"),
    "given_name": ("The given names.", "Zoë"),
    "birth_date": ("A day in the past.", "1960-02-29"),
    "sex": ("X is another one, U is unknown.", "F"),
    "medical_record_number": ("As the ordering site writes it, with its leading zeros.", "00017"),
    "weight_kg": ("The body weight in kg, 2 to 400.", "61.5"),
    "therapy": (
        "The name of an installed workflow; its newest version is used.",
        "autologous-car-t",
    ),
    "ordering_site": ("The hospital that orders; you order there.", "North Hospital"),
    "treating_site": ("The hospital that will infuse.", "North Hospital"),
    "manufacturing_site": ("Who makes the product.", "Riverside Cell Works"),
    "prescriber": ("Who prescribes.", "Dr. I. Okafor"),
    "consent_signed_on": (
        "The day on which the patient signed; blank where the therapy runs on paper.",
        "2026-11-02",
    ),
    "collection_wanted_on": ("Not in the past.", "2026-12-01"),
    REFERENCE: (
        "Where it stands, of a therapy that runs on paper already; then no day of consent.",
        "",
    ),
}
_OF_AN_ORDER = tuple(
    Column(
        name,
        *_MEANINGS[name],
        choices=SEXES if name == "sex" else (),
        optional=name in {REFERENCE, "consent_signed_on"},
    )
    for name in COLUMNS
)
_DIFFERING = {
    REFERENCE: Column(
        REFERENCE,
        "Where it stands on paper: a number, and nothing that tells who the patient is.",
        "Folder 17",
    ),
    "consent_signed_on": Column(
        "consent_signed_on", "Blank: it is copied as a step.", "", optional=True
    ),
    "collection_wanted_on": Column(
        "collection_wanted_on", "The day that was wanted; it may be past.", "2026-10-06"
    ),
}
_ON_PAPER = tuple(_DIFFERING.get(one.name, one) for one in _OF_AN_ORDER)


@dataclass(frozen=True, slots=True)
class ImportKind:
    """One kind of table: who may import it, its columns, and the use case that takes it in."""

    name: str
    title: str
    permission: Permission
    columns: tuple[Column, ...]
    take_in: Callable[[Installation, Asked], Outcome]
    days: tuple[str, ...] = ()
    sheets: Mapping[str, tuple[Column, ...]] = field(default_factory=dict)
    """The sheets that come besides the one of its name; such a table is no CSV."""
    signed_as: str = ""
    """What whoever imports signs, with a password for the file; '' for nothing."""
    signs: str = ""
    """What that means, for whoever is about to sign."""

    @property
    def all_sheets(self) -> Mapping[str, tuple[Column, ...]]:
        """Each sheet with its columns, the one of its name first."""
        return {self.name: self.columns, **self.sheets}


KINDS: Mapping[str, ImportKind] = {
    one.name: one
    for one in (
        ImportKind(ORDERS, "Orders", Permission.ORDER, _OF_AN_ORDER, import_order_table, DAYS),
        ImportKind(
            site_table.SITES,
            "Sites and units",
            Permission.ADMINISTER,
            site_table.COLUMNS,
            site_table.import_sites,
        ),
        ImportKind(
            people_table.USERS,
            "People and their roles",
            Permission.ADMINISTER,
            people_table.COLUMNS,
            people_table.import_users,
        ),
        ImportKind(
            code_tables.CODES,
            "Tables of codes of ISBT 128",
            Permission.KEEP_DIALECTS,
            code_tables.COLUMNS,
            code_tables.import_codes,
            signed_as=code_tables.IMPORTED,
            signs="You sign each table: that your site is licensed to use it, and that it is the"
            " one that you were given. It takes the place of the table before.",
        ),
        ImportKind(
            paper_table.THERAPIES,
            "Therapies that run on paper",
            Permission.COPY,
            _ON_PAPER,
            paper_table.import_therapies,
            DAYS,
            {step_sheet.STEPS: step_sheet.COLUMNS},
            TRANSCRIBED,
            "You sign each step: that you copied it as it stands on the paper. Nothing is ended by"
            " it: two compare each therapy with its paper, on its page.",
        ),
    )
}
"""All that can be imported, by its name."""


def kind_named(name: str) -> ImportKind:
    """The kind of this name.

    Raises:
        Unknown: there is none.
    """
    if name not in KINDS:
        raise Unknown("sort of import", name)
    return KINDS[name]


def take_in(installation: Installation, kind: str, asked: Asked) -> Outcome:
    """Import a table, all or none; a dry run passes every check and keeps nothing.

    Raises:
        DataRefused: everything that is wrong, by line and column; nothing was saved.
        KeyReused: the key already stands for another file.
    """
    return kind_named(kind).take_in(installation, asked)
