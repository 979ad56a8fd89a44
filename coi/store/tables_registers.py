"""Who and what the record speaks of: parties, sites, people, workflows, chains and therapies.

Each register's row names the entry that wrote it. The rows with '-' stand for nobody; they are
there from the beginning, because the first entry must be written by someone.
"""

from coi.store.words import among, check, numbers, primary, refers, table, texts, unique

_NOBODY_OR_ENTERED = (
    "(id = '-' AND kind = 'nobody' AND chain IS NULL AND seq IS NULL)"
    " OR (id <> '-' AND kind <> 'nobody' AND chain IS NOT NULL AND seq IS NOT NULL)"
)
CUSTODY_WORDS = "none creates keeps releases accepts takes_back ends loses"
PACKING_WORDS = "outside inside either goes_in comes_out"
TRANSITION = (
    "workflow from_version version machine action from_state to_state"
    " custody stop_effect while_stopped scans patient signatures on_paper packing"
)

party = table(
    "party",
    texts("id kind"),
    primary("party", "id"),
    # Unique by its id already; said again, so that others can refer to a party of a certain kind.
    unique("uq_party_kind", "id kind"),
    among("ck_party_kind", "kind", "nobody patient unit gone"),
)

site = table(
    "site",
    texts("id kind name country time_zone chain"),
    numbers("seq"),
    primary("site", "id"),
    among("ck_site_kind", "kind", "hospital manufacturer laboratory courier"),
    check("ck_site_country", "length(country) = 2"),
    refers("fk_site_entry", "chain seq", "entry", "chain seq"),
)

unit = table(
    "unit",
    texts("id kind site name chain"),
    numbers("seq"),
    primary("unit", "id"),
    # A constant, so that the key below can only lead to a party that is a unit.
    check("ck_unit_kind", "kind = 'unit'"),
    refers("fk_unit_party", "id kind", "party", "id kind"),
    refers("fk_unit_site", "site", "site", "id"),
    refers("fk_unit_entry", "chain seq", "entry", "chain seq"),
)

person = table(
    "person",
    texts("id kind"),
    texts("chain", null=True),
    numbers("seq", null=True),
    primary("person", "id"),
    # Said again, so that a signature can refer to somebody who is a human being.
    unique("uq_person_kind", "id kind"),
    among("ck_person_kind", "kind", "nobody person service"),
    check("ck_person_origin", _NOBODY_OR_ENTERED),
    # An entry names its actor, and a person the entry that brought them: a circle, which is closed
    # when both tables are there.
    refers("fk_person_entry", "chain seq", "entry", "chain seq"),
)

account = table(
    "account",
    texts("username person chain"),
    numbers("seq"),
    primary("account", "username"),
    # Both databases tell capitals apart: without this Nina and nina would be two accounts.
    check("ck_account_username", "username = lower(username)"),
    refers("fk_account_person", "person", "person", "id"),
    refers("fk_account_entry", "chain seq", "entry", "chain seq"),
)

workflow = table(
    "workflow",
    texts("name"),
    numbers("version"),
    # The text as well as its hash, because the verifier spells the transitions out anew from it.
    texts("hash text"),
    numbers("transitions"),
    texts("chain"),
    numbers("seq"),
    primary("workflow", "name version"),
    unique("uq_workflow_transitions", "name version transitions"),
    refers("fk_workflow_entry", "chain seq", "entry", "chain seq"),
)
"""One version of one definition, and how many transitions it allows."""

transition = table(
    "transition",
    texts("workflow"),
    numbers("from_version version"),
    texts("machine action from_state to_state custody"),
    numbers("stop_effect while_stopped scans patient signatures"),
    texts("packing"),
    numbers("on_paper n transitions"),
    primary("transition", TRANSITION),
    unique("uq_transition_n", "workflow version n"),
    check("ck_transition_n", "n >= 1 AND n <= transitions"),
    # 1: while a therapy is copied from paper too; 2: only as a step that is copied.
    check("ck_transition_on_paper", "on_paper IN (0, 1, 2)"),
    among("ck_transition_custody", "custody", CUSTODY_WORDS),
    among("ck_transition_packing", "packing", PACKING_WORDS),
    check("ck_transition_stop_effect", "stop_effect IN (-1, 0, 1)"),
    check(
        "ck_transition_asks",
        "while_stopped IN (0, 1) AND scans IN (0, 1) AND patient IN (0, 1) AND signatures >= 0",
    ),
    refers(
        "fk_transition_workflow",
        "workflow version transitions",
        "workflow",
        "name version transitions",
    ),
)
"""Every step that is allowed; numbered up to the workflow's count, so that none is added later."""

label_template = table(
    "label_template",
    texts("name"),
    numbers("version"),
    # `hash` is of the text; `layout` of what it declares, which labels and approvals name.
    texts("hash layout text chain"),
    numbers("seq"),
    primary("label_template", "name version"),
    unique("uq_label_template_layout", "layout"),
    check("ck_label_template_version", "version >= 1"),
    check("ck_label_template_text", "length(text) BETWEEN 1 AND 65536"),
    refers("fk_label_template_entry", "chain seq", "entry", "chain seq"),
)
"""One version of a site's own label template; those that come with the program are not here."""

chain = table(
    "chain",
    texts("id kind"),
    primary("chain", "id"),
    unique("uq_chain_kind", "id kind"),
    among("ck_chain_kind", "kind", "therapy site"),
)

therapy = table(
    "therapy",
    texts("coi kind patient_id patient_kind workflow"),
    primary("therapy", "coi"),
    unique("uq_therapy_patient", "coi patient_id"),
    unique("uq_therapy_workflow", "coi workflow"),
    # Constants, so that the keys below can only lead to a therapy's chain and to a patient.
    check("ck_therapy_kind", "kind = 'therapy' AND patient_kind = 'patient'"),
    refers("fk_therapy_chain", "coi kind", "chain", "id kind"),
    refers("fk_therapy_patient", "patient_id patient_kind", "party", "id kind"),
)
"""This patient, this intended treatment; never re-pointed."""

participation = table(
    "participation",
    texts("chain site"),
    numbers("seq"),
    primary("participation", "chain site"),
    refers("fk_participation_therapy", "chain", "therapy", "coi"),
    refers("fk_participation_site", "site", "site", "id"),
    refers("fk_participation_entry", "chain seq", "entry", "chain seq"),
)
"""A site that takes part in a therapy, from the entry on that brought it in."""
