"""Webhooks: where other programs are told of what happens, and who looks after that.

Only an administrator opens one, who types the password for it: from then on the record is told to
somebody outside (SEC-15). Each change is an entry of the organisation; the secret is in none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from coi.clock import parse_rfc3339, rfc3339
from coi.errors import DataRefused, Problem, Unknown
from coi.interop.addresses import NotReached, Target, addresses_of, read_target
from coi.ledger.content import NewEntry
from coi.services.asked import bad_key, bad_text, fingerprint
from coi.services.attesting import has_come_before
from coi.services.entries import Occasion, Registered, write_site_entry
from coi.services.event_kinds import EVERY, TEST
from coi.services.installation import Installation
from coi.services.proofs import ADMINISTRATOR, JustProven, Proven, holding
from coi.services.reasons import noted, require_reason
from coi.services.webhook_secrets import draw_secret, seal_secret
from coi.services.webhook_way import allowed_by
from coi.store import registers
from coi.store import webhooks as stored
from coi.store.append import GONE
from coi.store.outbox import ACTIVE, NOBODY, put_out_to
from coi.store.tasks import between_blanks
from coi.store.transactions import Transaction
from coi.store.webhooks import WebhookRow

PAUSED = "paused"
OVERLAP = timedelta(hours=24)
"""How long a message bears both signatures after a secret was changed."""

_MOST_ENTRIES = 1_000_000_000
"""No chain is so long, and each database takes such a number."""

SHOWN_ONCE = "the secret was shown once already; give the webhook a new one"


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """What is asked for: where, of which sites and of which kinds; none named is all."""

    url: str
    description: str
    sites: Sequence[str] = ()
    events: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Secret:
    """A webhook and its secret, which is nowhere else in clear."""

    webhook: str
    text: str


def open_webhook(
    installation: Installation, by: JustProven, new: NewWebhook, *, key: str
) -> Secret:
    """Tell a program of what happens from now on; returns its secret, shown this once.

    Raises:
        DataRefused: the URL may not be spoken to, there is no such site or kind, or the secret of
            this request was shown already.
        KeyReused: the key already stands for another request.
    """
    target = _require_good(installation, new, key)
    keyed = (key, fingerprint(installation.vault, "open_webhook", by.person, new))
    identifier, secret = installation.new_id(), draw_secret(installation.vault)

    def work(tx: Transaction) -> None:
        _require_new(tx, keyed)
        if unknown := set(new.sites) - {site.id for site in registers.sites(tx)}:
            raise DataRefused([Problem(f"there is no site {min(unknown)}", column="sites")])
        # A path may be as good as a password: whoever knows it can show that it was this one.
        told = {"host": target.host, "url": fingerprint(installation.vault, new.url)}
        told |= {"sites": _listed(new.sites), "events": _listed(new.events)}
        entry = _told(tx, installation, by, _Deed("open_webhook", identifier, told, keyed))
        sealed = seal_secret(installation.vault, identifier, secret)
        stored.open_webhook(tx, _row(new, identifier, sealed, entry.recorded_at))

    installation.transact(work)
    return Secret(identifier, secret)


def _require_good(installation: Installation, new: NewWebhook, key: str) -> Target:
    """Everything that is asked for can be done; outside any transaction, since names are resolved.

    Raises:
        DataRefused: something of it cannot.
    """
    problems = [*bad_key(key), *bad_text({"description": new.description})]
    problems += _bad_kinds(new.events)
    try:
        allowed = allowed_by(installation.settings)
        target = read_target(new.url, allowed)
        addresses_of(target, allowed)
    except NotReached as error:
        raise DataRefused([*problems, Problem(str(error), column="url")]) from error
    if problems:
        raise DataRefused(problems)
    return target


def _bad_kinds(events: Sequence[str]) -> Iterator[Problem]:
    for kind in sorted(set(events) - set(EVERY)):
        yield Problem(f"{kind} is no kind of event", column="events")


def _require_new(tx: Transaction, keyed: tuple[str, str]) -> None:
    """A secret is shown once; whoever asks again under the same key gets none."""
    if has_come_before(tx, keyed):
        raise DataRefused([Problem(SHOWN_ONCE)])


def _row(new: NewWebhook, identifier: str, sealed: str, at: str) -> WebhookRow:
    return WebhookRow(
        id=identifier,
        url=new.url,
        description=new.description,
        sites=between_blanks(sorted(set(new.sites))) if new.sites else NOBODY,
        events=between_blanks(sorted(set(new.events))) if new.events else NOBODY,
        secret=sealed,
        old_secret=NOBODY,
        old_until=NOBODY,
        state=ACTIVE,
        opened_at=at,
        quiet_until=at,
        failures=0,
    )


def _listed(names: Sequence[str]) -> str:
    return " ".join(sorted(set(names))) or NOBODY


def rotate_secret(
    installation: Installation, by: JustProven, webhook: str, *, key: str, why: str
) -> Secret:
    """Give a webhook a new secret; for a day messages bear the signature of the one before too.

    Raises:
        ReasonMissing: nobody says why.
        Unknown: there is no such webhook.
        DataRefused: the secret of this request was shown already.
    """
    reason = require_reason(why)
    keyed = (key, fingerprint(installation.vault, "rotate_webhook", by.person, webhook))
    secret = draw_secret(installation.vault)

    def work(tx: Transaction) -> None:
        _require_new(tx, keyed)
        row = known(tx, webhook)
        entry = _told(
            tx, installation, by, _Deed("rotate_webhook", webhook, keyed=keyed, why=reason)
        )
        until = rfc3339(parse_rfc3339(entry.recorded_at) + OVERLAP)
        sealed = seal_secret(installation.vault, webhook, secret)
        stored.change(tx, webhook, secret=sealed, old_secret=row.secret, old_until=until)

    installation.transact(work)
    return Secret(webhook, secret)


def pause(installation: Installation, by: Proven, webhook: str, *, why: str) -> None:
    """Send nothing there for now; what happens meanwhile waits."""
    _change(installation, by, webhook, ("pause_webhook", PAUSED), why)


def resume(installation: Installation, by: Proven, webhook: str, *, why: str) -> None:
    """Send again what waits, and what happens from now on."""
    _change(installation, by, webhook, ("resume_webhook", ACTIVE), why)


def _change(
    installation: Installation, by: Proven, webhook: str, deed: tuple[str, str], why: str
) -> None:
    """Let the webhook be in this state; where it is already, nothing is recorded.

    Raises:
        ReasonMissing: nobody says why.
        Unknown: there is no such webhook.
    """
    reason = require_reason(why)
    action, state = deed

    def work(tx: Transaction) -> None:
        holding(tx, by, ADMINISTRATOR)
        if known(tx, webhook).state == state:
            return
        before = known(tx, webhook).state
        told = {"before": before, "after": state}
        entry = _told(tx, installation, by, _Deed(action, webhook, told, why=reason))
        stored.change(tx, webhook, state=state, failures=0, quiet_until=entry.recorded_at)

    installation.transact(work)


def remove(installation: Installation, by: Proven, webhook: str, *, why: str) -> None:
    """Forget a webhook, and everything that was to be sent there; its entries stay.

    Raises:
        ReasonMissing: nobody says why.
        Unknown: there is no such webhook.
    """
    reason = require_reason(why)

    def work(tx: Transaction) -> None:
        deed = _Deed("remove_webhook", known(tx, webhook).id, why=reason)
        _told(tx, installation, by, deed)
        stored.remove(tx, webhook)

    installation.transact(work)


def send_test(installation: Installation, by: Proven, webhook: str, *, key: str) -> None:
    """Send an event that tells of nothing; the same request sends one.

    Raises:
        Unknown: there is no such webhook.
        KeyReused: the key already stands for another request.
    """
    keyed = (key, fingerprint(installation.vault, "test_webhook", by.person, webhook))

    def work(tx: Transaction) -> None:
        known(tx, webhook)
        if has_come_before(tx, keyed):
            return
        entry = _told(tx, installation, by, _Deed("test_webhook", webhook, keyed=keyed))
        put_out_to(tx, webhook, (entry.chain, entry.seq), TEST, entry.recorded_at)

    installation.transact(work)


@dataclass(frozen=True, slots=True)
class Replay:
    """What is sent again: one delivery, all since a time, or all dead ones where neither is said.

    What arrived is forgotten after thirty days, and cannot be sent again.
    """

    one: tuple[str, int] | None = None
    since: str = ""


def replay(installation: Installation, by: Proven, webhook: str, what: Replay, *, key: str) -> int:
    """Send again, under the same ids as before; returns how many, 0 when the request came before.

    Raises:
        Unknown: there is no such webhook, or no such delivery.
        KeyReused: the key already stands for another request.
    """
    keyed = (key, fingerprint(installation.vault, "replay_webhook", by.person, webhook, what))
    since = _read_since(what.since)

    def work(tx: Transaction) -> int:
        known(tx, webhook)
        if has_come_before(tx, keyed):
            return 0
        if what.one and not _is_known(tx, webhook, what.one):
            raise Unknown("delivery", f"{what.one[0]} {what.one[1]}")
        deed = _Deed("replay_webhook", webhook, _which(what), keyed)
        entry = _told(tx, installation, by, deed)
        at = entry.recorded_at
        return stored.send_again(tx, webhook, at, one=what.one, since=since)

    return installation.transact(work)


def _is_known(tx: Transaction, webhook: str, one: tuple[str, int]) -> bool:
    """There is such a delivery; of what no database can hold there is none."""
    chain, seq = one
    if not (chain.isprintable() and seq in range(_MOST_ENTRIES)):
        return False
    return stored.delivery_state(tx, webhook, chain, seq) is not None


def _read_since(text: str) -> str:
    """A moment as the record writes it; '' stays so.

    Raises:
        DataRefused: it is no moment with its offset.
    """
    try:
        return rfc3339(parse_rfc3339(text)) if text else ""
    except ValueError as error:
        reason = "is not a time like 2026-11-22T03:04:05Z"
        raise DataRefused([Problem(reason, column="since")]) from error


def _which(what: Replay) -> Mapping[str, str]:
    if what.one:
        return {"chain": what.one[0], "seq": str(what.one[1])}
    return {"since": what.since} if what.since else {"state": "dead"}


def known(tx: Transaction, webhook: str) -> WebhookRow:
    """The webhook of this id.

    Raises:
        Unknown: there is none.
    """
    row = stored.webhook(tx, webhook)
    if row is None:
        raise Unknown("webhook", webhook)
    return row


def note_gone(tx: Transaction, installation: Installation, webhook: str) -> None:
    """Send nothing there any more: the receiver said that it is gone. The product itself acts."""
    row = known(tx, webhook)
    if row.state != GONE:
        _recorded(tx, installation, NOBODY, _Deed("webhook_gone", webhook))
        stored.change(tx, webhook, state=GONE)


@dataclass(frozen=True, slots=True)
class _Deed:
    """What was done to which webhook; for which request, and why."""

    action: str
    webhook: str
    more: Mapping[str, str] = field(default_factory=dict)
    keyed: tuple[str, str] = ("", "")
    why: str = ""


def _told(tx: Transaction, installation: Installation, by: Proven, deed: _Deed) -> NewEntry:
    """Record what an administrator changes."""
    administrator = holding(tx, by, ADMINISTRATOR)[0].person
    return _recorded(tx, installation, administrator.id, deed)


def _recorded(tx: Transaction, installation: Installation, actor: str, deed: _Deed) -> NewEntry:
    """Write the entry of a change; it never holds a secret."""
    key, digest = deed.keyed
    occasion = Occasion(actor, "-", installation.clock.now(), key=key, digest=digest)
    document = {"kind": "webhook", "about": deed.webhook, **deed.more}
    notes = noted(tx, installation, deed.why)
    return write_site_entry(tx, deed.action, occasion, Registered(document=document, notes=notes))
