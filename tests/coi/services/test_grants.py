"""A one-time grant: until when it signs, whose it is, and until when it is remembered."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from coi.clock import SteppedClock, rfc3339
from coi.errors import DataRefused, SignedOut
from coi.services import people, sessions
from coi.services.grants import LASTS, PREFIX, REMEMBERED, Wanted, give, signer_of
from coi.services.proofs import CannotSign, Granted, NotAllowed, present
from coi.services.spending import GrantExpired, GrantOfOtherRequest, GrantUsed, spend_grants
from coi.store import grants
from tests.cast import WHY
from tests.coi.clinic import NOW, PASSWORD, QUICK

DIGEST, OTHER = "0" * 63 + "1", "0" * 63 + "2"
MOMENT = timedelta(microseconds=1)
GIVEN = NOW + timedelta(hours=2)
_DAYS = count(900)


@pytest.fixture
def quentin(clinic):
    """Quality assurance, who may say who was trained."""
    return clinic.hire("quentin", ("qa_reviewer", "north-ward"))


def at(clinic, moment):
    """The installation at this moment, which lasts."""
    return replace(clinic.installation, clock=SteppedClock(moment, timedelta(0)))


def granted(clinic, moment=GIVEN, digest=DIGEST):
    """What Quentin gets who signs a request then, in a session of some minutes."""
    before, here = at(clinic, moment - timedelta(minutes=5)), at(clinic, moment)
    signed_in = sessions.resume(here, sessions.sign_in(before, "quentin", PASSWORD))
    return give(here, signed_in, PASSWORD, Wanted("I trained them", digest))


def use(installation, grant, digest=DIGEST):
    """Something is put on record by it, which was not there before."""
    signer = signer_of(installation, grant, digest)
    until = NOW + timedelta(days=next(_DAYS))
    people.record_training(installation, signer.proven, "carla", "coordinator", until)


@pytest.mark.usefixtures("quentin")
def test_it_signs_until_its_two_minutes_are_over(clinic):
    """To the last moment before, and then no more."""
    late, in_time = granted(clinic), granted(clinic)

    use(at(clinic, GIVEN + LASTS - MOMENT), in_time)
    with pytest.raises(GrantExpired):
        use(at(clinic, GIVEN + LASTS), late)


@pytest.mark.usefixtures("quentin")
def test_it_signs_once(clinic):
    """Within its two minutes too; what it signed stands."""
    grant = granted(clinic)
    use(at(clinic, GIVEN), grant)

    for moment in (GIVEN, GIVEN + LASTS - MOMENT):
        with pytest.raises(GrantUsed):
            use(at(clinic, moment), grant)


@pytest.mark.usefixtures("quentin")
def test_each_of_those_that_sign_an_entry_is_used_up(clinic):
    """Two people sign by a grant each; neither signs a second time, also without the other."""
    here = at(clinic, GIVEN)
    signers = [signer_of(here, granted(clinic), DIGEST).proven for _ in range(2)]

    def work(tx):
        for one in signers:
            present(tx, one)
        spend_grants(tx, rfc3339(GIVEN))

    here.transact(work)
    for one in signers:
        with pytest.raises(GrantUsed):
            here.transact(lambda tx, one=one: (present(tx, one), spend_grants(tx, rfc3339(GIVEN))))


@pytest.mark.usefixtures("quentin")
def test_where_the_clock_went_back_it_signs_nothing(clinic):
    """It would last longer than the two minutes that its person was told."""
    grant = granted(clinic)

    with pytest.raises(GrantExpired):
        use(at(clinic, GIVEN - MOMENT), grant)
    use(at(clinic, GIVEN), grant)


@pytest.mark.usefixtures("quentin")
def test_one_that_was_used_is_told_from_an_unknown_one_for_a_day(clinic):
    """Whoever sends the request again then learns that it was done; later it was never heard of."""
    grant = granted(clinic)
    use(at(clinic, GIVEN), grant)
    ends = GIVEN + LASTS + REMEMBERED

    granted(clinic, ends)
    with pytest.raises(GrantUsed):
        use(at(clinic, ends), grant)
    granted(clinic, ends + MOMENT)
    with pytest.raises(GrantExpired):
        signer_of(at(clinic, ends + MOMENT), grant, DIGEST)


def test_it_says_who_signs_and_what_that_means(clinic, quentin):
    """By the password that they typed then; what is kept is no grant."""
    grant = granted(clinic)

    signer = signer_of(clinic.installation, grant, DIGEST)

    assert isinstance(signer.proven, Granted)
    assert signer.proven.account == quentin.account
    assert signer.meaning == "I trained them"
    assert grant.startswith(PREFIX)
    kept = clinic.installation.read(lambda tx: grants.grant(tx, signer.proven.grant))
    assert grant not in repr(kept)
    assert (kept.digest, kept.used_at) == (DIGEST, grants.UNUSED)


@pytest.mark.usefixtures("quentin")
def test_each_is_for_its_own_request_and_like_no_other(clinic):
    """To the last digit; two for the same request are two."""
    one, two = granted(clinic), granted(clinic)

    assert one != two
    for digest in (OTHER, DIGEST[:-1], ""):
        with pytest.raises(GrantOfOtherRequest):
            signer_of(clinic.installation, one, digest)
    use(at(clinic, GIVEN), one)
    use(at(clinic, GIVEN), two)


@pytest.mark.parametrize("digest", ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, f"{'0' * 64}\n"])
def test_what_is_signed_is_named_by_a_sha_256_and_nothing_else(digest):
    """A request that cannot be named exactly is signed by nobody."""
    with pytest.raises(DataRefused) as refused:
        Wanted("I trained them", digest)

    (problem,) = refused.value.problems
    assert (problem.column, bool(problem.reason)) == ("digest", True)


@pytest.mark.usefixtures("quentin")
@pytest.mark.parametrize("meaning", ["", "  ", "x" * 201, "two\nlines"])
def test_what_cannot_stand_below_a_signature_is_not_granted(clinic, meaning):
    """It is refused where the person types the password, and not where it is used."""
    here = at(clinic, GIVEN)
    signed_in = sessions.resume(here, sessions.sign_in(here, "quentin", PASSWORD))

    with pytest.raises(DataRefused, match="quentin signs without saying"):
        give(here, signed_in, PASSWORD, Wanted(meaning, DIGEST))


class _ClosesMeanwhile:
    """While a password is being looked at, somebody closes the account."""

    def __init__(self, clinic):
        self._clinic = clinic

    def verify(self, known, password):
        """It fits; and the account is closed."""
        QUICK.verify(known, password)
        people.close_account(at(self._clinic, GIVEN), self._clinic.root, "quentin", why=WHY)
        return True

    def check_needs_rehash(self, known):
        """What is kept stays as it is."""
        return QUICK.check_needs_rehash(known)


@pytest.mark.usefixtures("quentin")
def test_nobody_is_given_one_whose_account_was_closed_meanwhile(clinic):
    """The account is looked at once more where the grant is kept."""
    here = at(clinic, GIVEN)
    signed_in = sessions.resume(here, sessions.sign_in(here, "quentin", PASSWORD))

    with pytest.raises(SignedOut):
        give(
            *(replace(here, hasher=_ClosesMeanwhile(clinic)), signed_in, PASSWORD),
            Wanted("I trained them", DIGEST),
        )


@pytest.mark.usefixtures("quentin")
def test_one_of_who_lost_the_role_since_is_not_used_up(clinic):
    """Nothing is written, so that nothing is gone; whoever holds the role again may use it."""
    grant = granted(clinic)
    role = ("quentin", "qa_reviewer", "north-ward")
    here = at(clinic, GIVEN)
    people.grant_role(here, clinic.root, *role, holds=False, why=WHY)

    with pytest.raises(NotAllowed):
        use(at(clinic, GIVEN), grant)

    people.grant_role(here, clinic.root, *role)
    use(at(clinic, GIVEN), grant)


def test_a_program_signs_nothing_though_it_knows_a_password(clinic, quentin):
    """What stands in its session is asked, and not what it types."""
    here = at(clinic, GIVEN)
    signed_in = sessions.resume(here, sessions.sign_in(here, "quentin", PASSWORD))
    program = replace(signed_in, service=True)

    with pytest.raises(CannotSign, match=f"{quentin.username} is a program"):
        give(here, program, PASSWORD, Wanted("I trained them", DIGEST))


@pytest.mark.parametrize("error", [GrantUsed(), GrantExpired(), GrantOfOtherRequest()])
def test_whoever_cannot_use_one_is_told_what_to_do(error):
    """Whether it was used, is over or was for something else: each in whole sentences."""
    assert error.sentence.endswith("Nothing was saved.")
    assert error.next_step.endswith(".")
