"""A site's tables of codes are erased, as when the licence under which it had them ends.

The record keeps who imported which table and when, and who erased them and what; it never held the
content, and is whole without it. What stands in backups goes when those go.
"""

from coi.errors import Problem, Unknown
from coi.ledger.content import Attestation
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.erased_log import ERASE_TABLES, settle_erased
from coi.services.installation import Installation
from coi.services.proofs import QA, JustProven, NotAllowed, holding, signature_of
from coi.services.reading_codes import forget_tables, table_role
from coi.services.sites import site_named
from coi.store import facts
from coi.store.registers import erase_texts, texts_kept
from coi.store.transactions import Transaction
from labels.codes.tables import TABLES

ERASED = "code tables erased"
"""What QA's signature means here: it is shown to whoever is about to sign."""


def erase_codes(installation: Installation, by: JustProven, site: str) -> int:
    """Erase every table that a site ever imported, replaced ones too; returns how many it had.

    A site without a table is left alone, and nothing is recorded of it.

    Raises:
        Unknown: there is no such site.
        NotAllowed: the person is no QA reviewer of it.
        LogDamaged: they are erased, and the file beside the key cannot be written.
    """

    def work(tx: Transaction) -> int:
        known, role = holding(tx, by, QA)
        found = site_named(tx, site)
        if found is None:
            raise Unknown("site", site)
        if (QA, found.id) not in known.person.site_roles:
            raise NotAllowed([Problem(f"{known.person.username} is no QA reviewer of {found.id}")])
        roles = {table_role(name) for name in TABLES}
        ever = [one for one in facts.dialect_turns(tx) if one.site == found.id]
        texts = texts_kept(tx, {one.detail for one in ever if one.dialect in roles})
        erase_texts(tx, texts)
        there = {key: told for key, told in facts.dialects(tx).items() if key[0] == found.id}
        gone = tuple(
            Attestation("dialect", found.id, table, holds=0, detail=there[found.id, table])
            for table in sorted(roles)
            if (found.id, table) in there
        )
        if gone or texts:
            now = installation.clock.now()
            registered = Registered(
                gone,
                registers={"erased_texts": [{"commitment": one} for one in sorted(texts)]},
                signatures=(signature_of(known, role, ERASED, now),),
            )
            occasion = Occasion(known.person.id, "-", now)
            write_site_entry(tx, ERASE_TABLES, occasion, registered)
        return len(gone)

    erased = installation.transact(work)
    forget_tables()
    settle_erased(installation)
    return erased
