"""What may be changed or erased, or only passes: no record table refers to it."""

from coi.store.words import (
    among,
    check,
    moment,
    numbers,
    primary,
    refers,
    said,
    table,
    texts,
    unique,
)

erasable = table("erasable", texts("commitment salt text"), primary("erasable", "commitment"))
"""Text behind a commitment in the ledger; erased with its salt."""

patient_key = table(
    "patient_key",
    texts("patient_id wrapped"),
    primary("patient_key", "patient_id"),
    refers("fk_patient_key_party", "patient_id", "party", "id"),
)
"""The key of one patient's identity; without it the identity is unreadable for ever."""

patient_identity = table(
    "patient_identity",
    texts("patient_id field nonce ciphertext commitment"),
    primary("patient_identity", "patient_id field"),
    refers("fk_patient_identity_party", "patient_id", "party", "id"),
)
"""What is sealed of a patient, field by field; and what is found without being opened, as keyed
hashes: the record number, and the marks by which a patient may be taken for another one."""

IS_A_NUMBER = patient_identity.c.field == said("index")
"""The blind index of a record number: no two patients of a site have one."""

credential = table(
    "credential",
    texts("person person_kind password_hash set_at"),
    primary("credential", "person"),
    # A constant, so that the key can only lead to a human being: a program has no password.
    check("ck_credential_person_kind", "person_kind = 'person'"),
    refers("fk_credential_person", "person person_kind", "person", "id kind"),
)

pin = table(
    "pin",
    texts("person person_kind hash set_at"),
    primary("pin", "person"),
    # A constant, so that the key can only lead to a human being: a program has a token alone.
    check("ck_pin_person_kind", "person_kind = 'person'"),
    refers("fk_pin_person", "person person_kind", "person", "id kind"),
)
"""The hash of what somebody types beside their badge. Whether it opens anything says the record,
which names this hash: a row that is gone, or another, opens nothing."""

preference = table(
    "preference",
    texts("person person_kind language"),
    primary("preference", "person"),
    # A constant, so that the key can only lead to a human being: a program reads no page.
    check("ck_preference_person_kind", "person_kind = 'person'"),
    refers("fk_preference_person", "person person_kind", "person", "id kind"),
)
"""How somebody wants to be shown the pages: the language that they chose."""

request = table(
    "request",
    texts("key actor digest chain"),
    numbers("seq"),
    primary("request", "key"),
    refers("fk_request_entry", "chain seq", "entry", "chain seq"),
)
"""Which entry answered which request, so that the same request has one effect."""

session = table(
    "session",
    texts("id held former held_by person username credential badge device sign_on unit bench"),
    texts("started_at seen_at ended_at replaced_by"),
    primary("session", "id"),
    unique("uq_session_held", "held"),
    among("ck_session_held_by", "held_by", "browser program"),
    refers("fk_session_person", "person", "person", "id"),
)
"""Who is signed in, at which unit and bench; `held` is the hash of what the browser or a program of
theirs holds, '-' as its end that it goes on. `badge` is the serial of the badge that opened it at
`device`, `sign_on` the identity at the house's provider that did; '-' in all where a password did.
`former` is the hash of what was held before it was given anew, '-' for nothing. `replaced_by` is
the session elsewhere that ended it, '-' for none."""

failed_sign_in = table(
    "failed_sign_in",
    texts("account last_at"),
    numbers("failures"),
    primary("failed_sign_in", "account"),
)
"""How often in a row an account was tried in vain; the account as a keyed fingerprint, since people
type passwords where names belong."""

factor = table(
    "factor",
    texts("id person person_kind kind sealed"),
    numbers("counter"),
    primary("factor", "id"),
    among("ck_factor_kind", "kind", "totp passkey"),
    # A constant, so that the key can only lead to a human being: a program has a token alone.
    check("ck_factor_person_kind", "person_kind = 'person'"),
    refers("fk_factor_person", "person person_kind", "person", "id kind"),
)
"""What a second factor is checked with, sealed with the vault key. Which ones a person has says the
record, with the hash of what is sealed: a row that is gone, or another, opens nothing. `counter` is
the last half minute of which a code was taken, or how often a passkey says that it was used."""

challenge = table(
    "challenge",
    texts("id purpose expires_at"),
    primary("challenge", "id"),
)
"""What a passkey is asked to sign, once, within minutes; `id` is its hash."""

token = table(
    "token",
    texts("id name person person_kind scopes sites made_at expires_at revoked_at used_at"),
    primary("token", "id"),
    # A constant, so that the key can only lead to a program: no person is somebody by a token.
    check("ck_token_person_kind", "person_kind = 'service'"),
    refers("fk_token_person", "person person_kind", "person", "id kind"),
)
"""What a program shows in the place of a password; `id` is the hash of what it holds. Scopes and
sites between blanks; '-' as its revocation that it goes on, as its use that there was none."""

signature_grant = table(
    "signature_grant",
    texts("id person person_kind username credential meaning digest given_at expires_at used_at"),
    primary("signature_grant", "id"),
    # A constant, so that the key can only lead to a human being, who alone can sign.
    check("ck_signature_grant_person_kind", "person_kind = 'person'"),
    refers("fk_signature_grant_person", "person person_kind", "person", "id kind"),
)
"""That somebody has typed their password to sign exactly one request, once, within two minutes;
`id` is the hash of what they hold, '-' as its use that there was none."""

errand = table(
    "errand",
    texts("id chain action unit person session sealed opened_at changed_at ended_at"),
    numbers("version"),
    primary("errand", "id"),
    refers("fk_errand_chain", "chain", "chain", "id"),
    refers("fk_errand_person", "person", "person", "id"),
)
"""A step under way, screen by screen: what was scanned and typed so far, sealed with the vault key;
so it can be gone on with elsewhere. Nothing in it has happened before its entry is written."""

held_file = table(
    "held_file",
    texts("chain reference person commitment salt held_at"),
    numbers("waiting"),
    texts("sealed"),
    primary("held_file", "chain reference"),
    unique("uq_held_file_commitment", "commitment"),
    refers("fk_held_file_chain", "chain", "chain", "id"),
    refers("fk_held_file_person", "person", "person", "id"),
)
"""A file between its arrival and the entry of its step, by what it is, how large, and its hash: its
content sealed with the vault key, '-' once an entry keeps it behind the commitment that is drawn
here already. `waiting` is how many bytes of content wait here, none once an entry keeps them.
Nothing in it has happened; what no step takes up is forgotten after hours."""

donation_turn = table("donation_turn", texts("number"), primary("donation_turn", "number"))
"""Whoever gives a collection a donation number takes the row of it first, by its hash: of two who
give one number to two patients at once, the second sees what the first has written."""

task = table(
    "task",
    texts("chain place roles due_at phase held actions"),
    primary("task", "chain place roles"),
    refers("fk_task_chain", "chain", "chain", "id"),
)
"""What could be done next in a therapy, at a unit or on a role's desk (`site:<id>:<role>`), and by
when; one row for all roles that could do the same there, each between blanks. Written anew with
each entry of the therapy, from its positions. The phase of the therapy, and what of it is on hold
(nothing, a part, all), stand in each row: by them a list is narrowed down within its index.
"""

exception = table(
    "exception",
    texts("chain subject site list attention class kind owner next about"),
    primary("exception", "chain subject site"),
    refers("fk_exception_chain", "chain", "chain", "id"),
)
"""Each exception of a therapy, once for each site that sees all of it, and once for every site
(`-`). `list` is open or closed; `attention` sorts it: of the open by how grave it is and when it is
due, of the closed by when that was. `next` is the step that brings it nearer to its end, `about`
the machine and the id of what it was opened on. Written anew with each entry of the therapy.
"""

saved_view = table(
    "saved_view",
    texts("person name query"),
    primary("saved_view", "person name"),
    refers("fk_saved_view_person", "person", "person", "id"),
)
"""How somebody likes to see a list: what it is narrowed down to, by a name of their own."""

alarm = table(
    "alarm",
    texts("chain kind subject since rings_at site escalates_at unit roles about level"),
    texts("state next_at raised_at escalated_at heard_by heard_at"),
    primary("alarm", "chain kind subject since rings_at site"),
    among("ck_alarm_level", "level", "alarm warning"),
    among("ck_alarm_state", "state", "waiting rings over"),
    moment("ck_alarm_next_at", "next_at"),
    moment("ck_alarm_raised_at", "raised_at", or_never=True),
    # What rings was raised, and what was not raised has not rung.
    check("ck_alarm_raised", "(state = 'waiting') = (raised_at = '-')"),
    refers("fk_alarm_chain", "chain", "chain", "id"),
)
"""What would ring in a therapy if nobody did anything more, and what rings: once for each site that
is told of it, and once for every site (`-`). `roles` own it there, `about` names the steps by which
it could end, `level` sorts alarms before warnings. Written anew with each entry of a therapy. That
it was raised, went on to others or ended is an entry, written when `next_at` has come."""

webhook = table(
    "webhook",
    texts(
        "id url description sites events secret old_secret old_until state opened_at quiet_until"
    ),
    numbers("failures"),
    primary("webhook", "id"),
    among("ck_webhook_state", "state", "active paused gone"),
    moment("ck_webhook_quiet_until", "quiet_until"),
)
"""Where events are sent, of which sites and of which kinds (each between blanks, '-' for all); the
secrets sealed with the vault key, the one before good until the overlap ends. After failures in a
row nothing is sent there until it has been quiet for a while."""

delivery = table(
    "delivery",
    texts("webhook chain"),
    numbers("seq"),
    texts("kind state status due_at claim recorded_at settled_at"),
    numbers("attempts"),
    primary("delivery", "webhook chain seq"),
    among("ck_delivery_state", "state", "waiting sending delivered dead"),
    moment("ck_delivery_due_at", "due_at"),
    # To its webhook it does not refer: whoever removes one would be in the way of those who work.
    refers("fk_delivery_entry", "chain seq", "entry", "chain seq"),
)
"""That an entry is to be sent to a webhook, written with the entry; what is sent is read from the
entry when it is sent. `due_at` is when it may be sent next, and of one that is being sent, when its
sender is taken for dead: `claim` says which sender it is."""
