"""Is it in time: expiry, thaw window, freshness, consent. Windows are the definition's data."""

from datetime import UTC, date, datetime, timedelta

from workflows.case import Case
from workflows.facts import Subject, Value
from workflows.fields import Unreadable, read_time
from workflows.model import FieldName, Kind, Workflow
from workflows.refusal import Refusal

WITHDRAWN_ON = "consent_withdrawn_on"
"""The field that says when the patient withdrew their consent."""


def product_is_in_date(case: Case) -> Refusal | None:
    """The product has not expired (hard guard 5)."""
    for turn in case.turns_of(Kind.CONTAINER):
        expiry = case.value(turn.subject.id, "expires_at")
        # An expiry is the first moment at which it may not be used.
        if expiry is None or read_time(expiry.content) <= case.facts.now:
            return Refusal(
                "EXPIRED",
                f"STOP. {turn.subject.id} has expired"
                if expiry
                else f"STOP. {turn.subject.id} has no expiry on record",
                "Do not use it; QA and the physician decide",
            )
    return None


def thaw_window_is_open(case: Case) -> Refusal | None:
    """What is thawed was thawed a short while ago (hard guard 5)."""
    for turn in case.turns_of(Kind.CONTAINER):
        ends_at = thaw_window_ends_at(case, turn.subject)
        # A window is different from an expiry: its last moment is still inside.
        if ends_at is None or case.facts.now > ends_at:
            return Refusal(
                "THAW_WINDOW_PASSED",
                f"STOP. {turn.subject.id} was thawed too long ago"
                if ends_at
                else f"STOP. When {turn.subject.id} was thawed is not on record",
                "Do not use it; QA and the physician decide",
            )
    return None


def thaw_window_ends_at(case: Case, subject: Subject) -> datetime | None:
    """The last moment at which a thawed bag may be given; None where no thaw is on record."""
    thawed = _thawed_at(case, subject)
    return thawed + _window(case) if thawed else None


def _thawed_at(case: Case, subject: Subject) -> datetime | None:
    """When the thaw began: the earlier of what was written down and what was recorded."""
    written = case.value(subject.id, "thawed_at")
    times = [read_time(written.content)] if written else []
    times += _recorded(case, "thawed_at", subject)
    # Whoever errs makes the window shorter, never longer.
    return min(times, default=None)


def _recorded(case: Case, field: str, subject: Subject) -> list[datetime]:
    """When each action that asks for this field was last taken with the subject."""
    asking = [
        a.name for a in case.workflow.actions.values() if any(f.name == field for f in a.fields)
    ]
    deeds = (case.last_deed(name, subject.id) for name in asking)
    return [deed.happened_at for deed in deeds if deed is not None]


def _window(case: Case) -> timedelta:
    return timedelta(minutes=int(str(case.workflow.product["thaw_window_minutes"])))


def material_is_fresh(case: Case) -> Refusal | None:
    """Cells wait, before they are frozen or used, no longer than their hold time."""
    limit = timedelta(hours=int(str(case.workflow.product["fresh_hold_hours"])))
    for turn in case.turns_of(Kind.CONTAINER):
        collected_at = _collected_at(case, turn.subject)
        frozen = _recorded(case, "frozen_at", turn.subject)
        # Freezing ends the waiting; freezing late does not make the wait shorter.
        until = max(frozen, default=case.facts.now)
        if collected_at is None or until - collected_at > limit:
            return Refusal(
                "NOT_FRESH",
                f"{turn.subject.id} waited longer than"
                f" {case.workflow.product['fresh_hold_hours']} h, unfrozen",
                "QA decides",
            )
    return None


def _collected_at(case: Case, subject: Subject) -> datetime | None:
    """When the cells left the patient: the earlier of what was written down and recorded."""
    recorded = next((d for d in case.history if d.seq == subject.born_seq), None)
    written = [case.value(parent.id, "ended_at") for parent in case.parents(subject.id)]
    times = [read_time(value.content) for value in written if value is not None]
    times += [recorded.happened_at] if recorded else []
    return min(times, default=None)


def dispensation_runs_out(case: Case) -> Refusal | None:
    """A departure from a rule is granted for a while, and not for ever."""
    hours = int(str(case.workflow.product["dispensation_hours"]))
    try:
        until = read_time(case.given("valid_until"))
    except Unreadable:
        # What cannot be read has run out.
        until = case.facts.now
    if case.facts.now < until <= case.facts.now + timedelta(hours=hours):
        return None
    return Refusal(
        "DISPENSATION_TOO_LONG",
        f"A dispensation is valid for at most {hours} h from now",
        "Give valid_until as short as the departure takes",
    )


def consent_is_given(case: Case) -> Refusal | None:
    """The patient's signed consent is on record, was not withdrawn since, and has not lapsed."""
    consent = case.value(case.facts.therapy.coi, "consent_signed_on")
    valid = timedelta(days=int(str(case.workflow.product["consent_valid_days"])))
    if consent is None:
        return Refusal("CONSENT_MISSING", "No consent is on record", "Record the consent first")
    if was_withdrawn_since(case, consent):
        return WITHDRAWN
    if case.facts.now - _midnight(consent.content) > valid:
        return Refusal("CONSENT_LAPSED", "The consent has lapsed", "Ask the patient again")
    return None


def consent_follows_its_withdrawal(case: Case) -> Refusal | None:
    """The patient withdrew the consent that is on record, and signed the new one no earlier."""
    consent = case.value(case.facts.therapy.coi, "consent_signed_on")
    since = [v for v in _withdrawals(case) if consent is None or v.occurrence > consent.occurrence]
    if not since:
        return Refusal(
            "CONSENT_STANDS",
            "The patient withdrew no consent that is on record",
            "A consent that was never withdrawn needs no other",
        )
    withdrawn_on = max(value.content for value in since)
    # Days are written so that their order is that of their text.
    if case.given("consent_signed_on") < withdrawn_on:
        return Refusal(
            "CONSENT_OLDER",
            f"The consent was signed before it was withdrawn on {withdrawn_on}",
            "Ask the patient again, and record the new consent",
        )
    return None


def consent_is_given_anew(case: Case) -> Refusal | None:
    """What was stopped because consent was withdrawn goes on by a new one, unless it is over."""
    coi = case.facts.therapy.coi
    exceptions = [turn.subject.id for turn in case.turns_of(Kind.EXCEPTION)]
    if case.is_final(case.facts.subjects[coi]) or not any(
        case.value(exception, WITHDRAWN_ON) for exception in exceptions
    ):
        return None
    consent = case.value(coi, "consent_signed_on")
    return None if consent and not was_withdrawn_since(case, consent) else WITHDRAWN


WITHDRAWN = Refusal(
    "CONSENT_WITHDRAWN",
    "The patient withdrew the consent that is on record",
    "Ask the patient again, and record the new consent",
)


def was_withdrawn_since(case: Case, consent: Value) -> bool:
    """The patient withdrew after this consent; letting the therapy go on gives none anew."""
    return any(value.occurrence > consent.occurrence for value in _withdrawals(case))


def _withdrawals(case: Case) -> tuple[Value, ...]:
    """When the patient withdrew: each is told of the exception that it opened."""
    return tuple(v for v in case.facts.values or () if v.field == WITHDRAWN_ON)


def date_is_plausible(case: Case, *, given: FieldName) -> Refusal | None:
    """The day that is given does not lie in the future (a day of grace for time zones)."""
    title = case.title_of(given)
    try:
        day = _midnight(case.given(given))
    except ValueError:
        return Refusal("DATE_UNREADABLE", f"“{title}” is no date", f"Give {given}")
    if day <= case.facts.now + timedelta(days=1):
        return None
    return Refusal("DATE_IN_FUTURE", f"“{title}” lies in the future", "Correct the date")


def _midnight(day: str) -> datetime:
    """The start of a calendar day, UTC."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)


def expiry_is_extended(case: Case) -> Refusal | None:
    """The new expiry lies in the future, and after the one before, which is on record."""
    try:
        expiry = read_time(case.given("expires_at"))
    except Unreadable:
        expiry = case.facts.now
    for turn in case.turns_of(Kind.CONTAINER):
        before = case.value(turn.subject.id, "expires_at")
        latest = max(case.facts.now, read_time(before.content)) if before else None
        if latest is None or expiry <= latest:
            return Refusal(
                "EXPIRY_NOT_EXTENDED",
                f"The new expiry of {turn.subject.id} is not later than the one before",
                "Read the stability data again, and give the later time",
            )
    return None


def expiry_may_be_extended_again(case: Case) -> Refusal | None:
    """The expiry of each container was extended less often than the definition allows."""
    most = int(str(case.workflow.product["expiry_extensions"]))
    for turn in case.turns_of(Kind.CONTAINER):
        done = len(case.occasions(turn.subject.id, "stability_number"))
        if done >= most:
            return Refusal(
                "EXPIRY_EXTENDED_BEFORE",
                f"The expiry of {turn.subject.id} was extended {done} of {most} times already",
                "Use it before it expires; afterwards QA and the physician decide",
            )
    return None


def expiry_is_within_the_shelf_life(case: Case) -> Refusal | None:
    """What is made or labelled anew expires in the future, no later than its shelf life allows."""
    latest = case.facts.now + shelf_life(case.workflow)
    own = [arrival.new.values for arrival in case.arrivals] or [{}]
    for values in ({**case.request.values, **new} for new in own):
        try:
            expiry = read_time(values.get("expires_at", ""))
        except Unreadable:
            # What cannot be read lies in no shelf life.
            expiry = case.facts.now
        if not case.facts.now < expiry <= latest:
            return Refusal(
                "EXPIRY_IMPLAUSIBLE",
                "The expiry is not between now and the end of the shelf life",
                f"Give expires_at no later than {latest:%Y-%m-%d %H:%M} UTC",
            )
    return None


def shelf_life(workflow: Workflow) -> timedelta:
    """How long a product keeps: the definition says it in hours or in days."""
    product = workflow.product
    if "shelf_life_hours" in product:
        return timedelta(hours=int(str(product["shelf_life_hours"])))
    return timedelta(days=int(str(product["shelf_life_days"])))
