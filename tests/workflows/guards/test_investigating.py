"""Before an exception is closed: why it happened, what follows, and who says that it is over."""

from dataclasses import replace

import pytest

from tests import cast
from tests.builders import a_bag, a_deed, a_value, an_exception, decided, facts, stopped_by, without
from tests.performer import a_request
from tests.workflows.guards import asking
from tests.workflows.guards.asking import Example

BY = {"capa": "opened", "capa_number": "CAPA-7"}
CLOSED = {"resolution": "all is well", "closed_investigation": "INV-7"}
NONE_NEEDED = {"capa": "none needed", "capa_reason": "the bag was never opened"}


def an_exception_of(of_class, *, kind="deviation", stops="nothing"):
    """Tell that an investigated exception of this class stands open; QUENTIN looked into it."""
    held = int(stops == "item")
    bag = a_bag("accepted", stops=held)
    one = an_exception(origin=bag.id if held else cast.COI_A)
    told = {"class": of_class, "kind": kind, "stops": stops}
    told |= {"root_cause": "transport", "capa": "none needed"}
    return facts(
        bag,
        one,
        values=[a_value(one, field, content) for field, content in told.items()],
        history=[investigated(one, cast.QUENTIN)],
    )


def investigated(one, person, action="record_investigation"):
    """Tell that this person looked into it, or took it on."""
    return a_deed(action, one, actor=person.id, persons=((person.id, "investigated"),))


def signed_by(*people):
    """Let these people close it, the first of whom acts."""
    return {
        "actor": people[0],
        "signings": lambda request: tuple(
            replace(signing, person=person)
            for signing, person in zip(request.signings, people, strict=True)
        ),
    }


def looked_into_by(told, *people, action="record_investigation"):
    """Tell that these people were involved, and nobody else."""
    others = without(told, "record_investigation")
    history = [investigated(an_exception(), person, action) for person in people]
    return replace(others, history=(*others.history, *history))


CRITICAL, HELD = an_exception_of("critical"), an_exception_of("critical", stops="item")
STOPPED = stopped_by(
    "stop_ship", **{"class": "critical", "root_cause": "unknown", "capa": "opened"}
)

MAJOR = an_exception_of("major")
LOWER = {"class": "minor", "class_because": "it was an empty bag"}
INVOLVED = [one.person for one in a_request(MAJOR, "lower_class", values=LOWER).signings]

EXAMPLES = [
    Example(
        "class_is_raised",
        "raise_class",
        MAJOR,
        "it is as grave already",
        "CLASS_NOT_CHANGED_SO",
        {"values": {"class": "major", "class_because": "the bag leaked"}},
        holds_with={"values": {"class": "critical", "class_because": "the bag leaked"}},
    ),
    Example(
        "class_is_lowered",
        "lower_class",
        MAJOR,
        "it is no graver now",
        "CLASS_NOT_CHANGED_SO",
        {"values": {"class": "major", "class_because": "it was an empty bag"}},
        holds_with={"values": LOWER},
    ),
    Example(
        "another_lowers_the_class",
        "lower_class",
        looked_into_by(MAJOR, cast.NINA),
        "both who sign it looked into it",
        "LOWERED_BY_THE_INVOLVED",
        told_instead=looked_into_by(MAJOR, *INVOLVED),
        holds_with={"values": LOWER},
    ),
    *(
        Example(
            "exception_is_investigated",
            action,
            told,
            f"{action}: {field} is not on record",
            code,
            told_instead=without(told, field),
            holds_with={"values": {"resolution": "all is well"}},
        )
        for action, told in (
            ("close_exception", an_exception_of("major")),
            ("close_critical_exception", CRITICAL),
            ("lift", HELD),
            ("lift_quality_stop", STOPPED),
        )
        for field, code in (("root_cause", "NOT_INVESTIGATED"), ("capa", "NO_CORRECTIVE_ACTION"))
    ),
    *(
        Example(
            "exception_is_not_critical",
            "close_exception",
            an_exception_of(of_class),
            f"it is {of_class} no more, but {otherwise}",
            "TWO_CLOSE_IT",
            told_instead=told,
        )
        for of_class in ("minor", "major")
        for otherwise, told in (
            ("critical", CRITICAL),
            ("not classified", without(CRITICAL, "class")),
        )
    ),
    Example(
        "another_closes_what_is_critical",
        "close_critical_exception",
        CRITICAL,
        "both who sign looked into it",
        "CLOSED_BY_ITS_INVESTIGATOR",
        signed_by(cast.QUEENIE, cast.QUINCY),
        told_instead=looked_into_by(CRITICAL, cast.QUEENIE, cast.QUINCY),
    ),
    *(
        Example(
            "another_closes_what_is_critical",
            "lift",
            HELD,
            f"who lifts it did this before: {action}",
            "CLOSED_BY_ITS_INVESTIGATOR",
            signed_by(cast.QUEENIE),
            told_instead=looked_into_by(HELD, cast.QUEENIE, action=action),
        )
        for action in ("take_on_exception", "record_investigation")
    ),
    Example(
        "another_closes_what_is_critical",
        "lift_quality_stop",
        STOPPED,
        "who lets the therapy go on has taken its stop-ship on",
        "CLOSED_BY_ITS_INVESTIGATOR",
        signed_by(cast.QUEENIE),
        told_instead=looked_into_by(STOPPED, cast.QUEENIE, action="take_on_exception"),
    ),
    Example(
        "capa_is_told",
        "record_capa",
        CRITICAL,
        "it has no number",
        "CAPA_UNNUMBERED",
        {"values": {"capa": "opened", "capa_reason": "as before"}},
        holds_with={"values": BY},
    ),
    Example(
        "capa_is_told",
        "record_capa",
        CRITICAL,
        "nobody says why none is needed",
        "CAPA_UNREASONED",
        {"values": {"capa": "none needed", "capa_number": "CAPA-7"}},
        holds_with={"values": NONE_NEEDED},
    ),
]


def test_one_investigation_of_many_therapies_is_told_by_its_number():
    """It is closed where it is kept, and not copied into each therapy (stop-ship)."""
    told = stopped_by("stop_ship", **{"class": "critical", "criterion": "vector_lot = LV-7"})

    assert decided(a_request(told, "lift_quality_stop", values=CLOSED), told).allowed


def test_a_number_stands_for_no_investigation_of_this_therapy_alone():
    """Nothing that other therapies have too was named: what was found here is recorded here."""
    told = stopped_by("hold_therapy_for_quality", **{"class": "critical"})

    decision = decided(a_request(told, "lift_quality_stop", values=CLOSED), told)

    assert [one.code for one in decision.refusals] == ["NOT_INVESTIGATED"]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_holds(example):
    """The request is allowed."""
    asking.holds(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_fails(example):
    """The guard refuses, with its code, a sentence and what to do next."""
    asking.fails(example)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_fails_beside_another(example):
    """Both reasons are told at once, where something else is wrong too."""
    asking.fails_beside_another(example)


def test_who_opened_it_by_another_step_lowers_nothing_alone():
    """Whatever step opened the exception, a third person says with them that it is less grave."""
    both = tuple((person.id, "performed") for person in INVOLVED)
    opened = a_deed(
        "collect", an_exception(), seq=an_exception().born_seq, actor=both[0][0], persons=both
    )
    told = without(MAJOR, "open_exception")
    told = replace(told, history=(*told.history, opened))

    decision = decided(a_request(told, "lower_class", values=LOWER), told)

    assert [one.code for one in decision.refusals] == ["LOWERED_BY_THE_INVOLVED"]


def test_one_of_two_may_have_looked_into_it():
    """A critical exception is closed by its investigator and somebody else together."""
    told = looked_into_by(CRITICAL, cast.QUEENIE)
    request = a_request(told, "close_critical_exception")
    people = (cast.QUEENIE, cast.QUINCY)
    signings = tuple(
        replace(signing, person=person)
        for signing, person in zip(request.signings, people, strict=True)
    )

    decision = decided(replace(request, actor=cast.QUEENIE, signings=signings), told)

    assert decision.allowed


def test_a_minor_exception_is_closed_plainly():
    """Nothing need be investigated."""
    told = without(an_exception_of("minor"), "root_cause", "capa", "record_investigation")

    assert decided(a_request(told, "close_exception"), told).allowed


def test_a_hold_that_a_person_put_on_is_lifted_without_an_investigation():
    """Its cause and its resolution are on record; it need be no deviation."""
    held = an_exception_of("major", kind="hold", stops="item")
    told = without(held, "root_cause", "capa")

    assert decided(a_request(told, "lift"), told).allowed
