"""A person signs one request of a program with a one-time grant: this request, once, at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from threading import Barrier

import pytest

from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import AT_WORKS, Step, play
from coi.errors import CoiError, Conflict, DataRefused, Refused, SignedOut, WrongPassword
from coi.services import people, programs, tokens
from coi.services.grants import Wanted, give, signer_of
from coi.services.migrating import SIGNATURES, migrate
from coi.services.programs import NewProgram
from coi.services.proofs import CannotSign, Granted, Proven, Signer, person_of
from coi.services.receipts import Receipt
from coi.services.sessions import resume, sign_in
from coi.services.spending import GrantExpired, GrantOfOtherRequest, GrantUsed
from coi.services.therapies import look
from coi.services.tokens import NewToken
from coi.services.tries import TRIES, Locked
from tests.cast import WHY
from tests.fixtures import DATABASES
from tests.journeys.asking import act, refused
from tests.journeys.changing import asked, install
from tests.journeys.worlds import copy_of, told_on, verdict_of
from workflows.facts import Mode

DIGEST = sha256(b"POST /api/v1/therapies/... and so on").hexdigest()
OTHER = sha256(b"another request").hexdigest()
AT_ONCE = 32
ACCEPT = Step("accept_material", "material", "received")


on_both = pytest.mark.parametrize("databases", DATABASES, indirect=True)
"""What the database itself decides is tried on each; all else on one."""


@pytest.fixture
def databases(request):
    """Where this journey is recorded."""
    return request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_databases")


@pytest.fixture(scope="module")
def told():
    """The worlds in which it was told, by database."""
    return {}


@pytest.fixture
def world(databases, empty_world, told, tmp_path_factory):
    """A therapy whose cells have arrived where they are made into a product; told once."""
    kind = "postgres" if databases.server else "sqlite"

    def tell(performer):
        coi = performer.order(PATIENTS[0])
        play(performer, coi, AT_WORKS)
        return {"it": coi}

    if kind not in told:
        told[kind] = told_on(databases, empty_world, tmp_path_factory.mktemp(kind), tell)
    return told[kind]


@pytest.fixture
def performer(databases, world, tmp_path):
    """Everybody, in a copy of it; afterwards the record is whole."""
    with copy_of(databases, world, tmp_path, timedelta(milliseconds=20)) as acting:
        yield acting
        assert verdict_of(acting.installation).findings == ()


@pytest.fixture
def coi(world):
    """The therapy."""
    return world.cois["it"]


def root_of(performer):
    """The administrator."""
    known = performer.installation.read(lambda tx: person_of(tx, "root"))
    return Proven("root", known.person.id, known.credential)


def here(performer, username):
    """Somebody in a session of their own."""
    return resume(performer.installation, sign_in(performer.installation, username, PASSWORD))


def a_grant(performer, username, meaning, digest=DIGEST):
    """What somebody gets who signs this request with their password."""
    signed_in = here(performer, username)
    return give(performer.installation, signed_in, PASSWORD, Wanted(meaning, digest))


def granted(performer, request, digest=DIGEST):
    """The same request, signed by grants, each from a session of its own."""
    wanted, actor, signers = request
    grants = [a_grant(performer, one.username, one.meaning, digest) for one in signers]
    found = tuple(signer_of(performer.installation, grant, digest) for grant in grants)
    return wanted, actor, found


def length(performer, coi):
    """How many entries the therapy has."""
    return len(look(performer.installation, coi).history)


def another(request, key="another"):
    """The same step once more, as another request."""
    wanted, actor, signers = request
    return replace(wanted, key=key), actor, signers


def used_in(performer, code, request):
    """The request is answered with this error, and nothing is saved."""
    before = length(performer, request[0].coi)
    with pytest.raises(CoiError) as caught:
        act(performer, request)
    assert caught.value.code == code
    assert caught.value.next_step
    assert length(performer, request[0].coi) == before


@on_both
def test_it_signs_as_the_password_does(performer, coi):
    """Two sign, each by a grant from their own session; the entry says what it would say anyway."""
    request = granted(performer, performer.request(coi, "accept_material"))
    signers = request[2]

    act(performer, request)

    (*_, entry) = look(performer.installation, coi).history
    assert all(isinstance(one.proven, Granted) for one in signers)
    assert [one.meaning for one in entry.signatures] == [one.meaning for one in signers]
    assert [one.person for one in entry.signatures] == [one.person for one in signers]


@on_both
def test_it_signs_once(performer, coi):
    """What was signed is answered again, word for word; a second request is not signed by it."""
    request = granted(performer, performer.request(coi, "accept_material"))
    first = act(performer, request)

    assert act(performer, request) == replace(first, repeated=True)
    used_in(performer, "GRANT_USED", another(request))


@on_both
def test_a_refusal_on_record_uses_it_up_and_a_conflict_does_not(performer, coi):
    """Where something was written it is gone, and where nothing was, it is not."""
    wanted, actor, signers = granted(performer, performer.request(coi, "accept_material"))
    stale = (replace(wanted, seen={next(iter(ids_of(performer, coi))): 99}), actor, signers)
    with pytest.raises(Conflict):
        act(performer, stale)

    wrong = replace(wanted, values={**wanted.values, "container_intact": "perhaps"})
    with refused(performer, coi):
        act(performer, (wrong, actor, signers))

    used_in(performer, "GRANT_USED", another((wanted, actor, signers)))


def ids_of(performer, coi):
    """What the therapy is made of."""
    return look(performer.installation, coi).subjects


def test_it_is_for_one_request_and_two_minutes(performer, coi):
    """Another request, two minutes later, and what was never given: a stable answer for each."""
    request = performer.request(coi, "accept_material")
    grant = a_grant(performer, request[2][0].username, request[2][0].meaning)
    installation = performer.installation
    late = granted(performer, request)

    with pytest.raises(GrantOfOtherRequest):
        signer_of(installation, grant, OTHER)
    with pytest.raises(GrantExpired):
        signer_of(installation, "coig_" + "A" * 43, DIGEST)
    installation.clock.advance(timedelta(minutes=2))
    used_in(performer, "GRANT_EXPIRED", late)


def test_what_is_stored_signs_nothing(performer, coi):
    """Whoever reads the database finds no grant, and nothing that could be sent as one."""
    request = granted(performer, performer.request(coi, "accept_material"))

    for signer in request[2]:
        with pytest.raises(GrantExpired):
            signer_of(performer.installation, signer.proven.grant, DIGEST)


def test_each_of_two_grants_is_used_up(performer, coi):
    """Somebody who signs twice gives two grants; the engine refuses, and both are gone."""
    wanted, actor, signers = granted(performer, performer.request(coi, "accept_material"))
    twice = tuple(
        signer_of(performer.installation, a_grant(performer, signers[0].username, m), DIGEST)
        for m in (one.meaning for one in signers)
    )
    with refused(performer, coi, "SAME_PERSON"):
        act(performer, (wanted, actor, twice))

    for used in twice:
        used_in(performer, "GRANT_USED", another((wanted, actor, (used, signers[1]))))


def test_between_grant_and_use_the_account_is_looked_at_again(performer, coi):
    """A changed password and a closed account: what was granted before signs nothing."""
    installation, root = performer.installation, root_of(performer)
    request = granted(performer, performer.request(coi, "accept_material"))
    first, second = request[2]
    people.set_password(installation, performer.proven[first.username], "a wholly other one")
    with pytest.raises(SignedOut):
        act(performer, request)

    people.close_account(installation, root, second.username, why=WHY)
    changed = signer_of(installation, a_grant_with(performer, first, "a wholly other one"), DIGEST)
    with refused(performer, coi, "ACCOUNT_INACTIVE"):
        act(performer, (request[0], changed.proven, (changed, second)))


def a_grant_with(performer, signer, password):
    """A grant of somebody who has another password by now."""
    installation = performer.installation
    signed_in = resume(installation, sign_in(installation, signer.username, password))
    return give(installation, signed_in, password, Wanted(signer.meaning, DIGEST))


def test_a_wrong_password_grants_nothing_and_is_counted(performer):
    """Five of them and the account is locked, as wherever somebody signs."""
    signed_in, wanted = here(performer, "mia"), Wanted("performed", DIGEST)
    for _ in range(TRIES):
        with pytest.raises(WrongPassword):
            give(performer.installation, signed_in, "not the password", wanted)

    with pytest.raises(Locked):
        give(performer.installation, signed_in, PASSWORD, wanted)


@pytest.mark.parametrize(("meaning", "digest"), [("", DIGEST), ("seen", "abc"), ("seen", "A" * 64)])
def test_what_can_sign_nothing_is_not_granted(performer, meaning, digest):
    """A meaning is said, and the request is named by its SHA-256."""
    with pytest.raises(DataRefused):
        a_grant(performer, "mia", meaning, digest)


def test_a_program_is_given_none(performer):
    """Whatever it types."""
    installation, root = performer.installation, root_of(performer)
    programs.open_program(installation, root, NewProgram("gateway", "Gateway", "north-ward"))
    people.grant_role(installation, root, "gateway", "coordinator", "north-ward")
    made = NewToken("gateway", "One", ["therapies:act"], ["north"])
    program = tokens.resume_token(installation, tokens.make_token(installation, root, made))

    with pytest.raises(CannotSign):
        give(installation, program, PASSWORD, Wanted("performed", DIGEST))


def test_a_late_fact_is_signed_by_it(performer, coi):
    """What happened while the network was away is signed like everything else, once."""
    wanted, actor, signers = performer.request(coi, "accept_material")
    happened_at = performer.installation.clock.now() - timedelta(minutes=1)
    late = replace(wanted, mode=Mode.LATE, happened_at=happened_at)
    request = granted(performer, (late, actor, signers))

    act(performer, request)

    assert look(performer.installation, coi).history[-1].kind == "late"
    used_in(performer, "GRANT_USED", another(request))


def test_a_move_to_another_version_is_signed_by_it(performer, coi):
    """Two who answer for it, two grants, one move; the same request again is the same answer."""
    install(performer)
    move = asked(performer, coi)
    signers = tuple(
        signer_of(performer.installation, a_grant(performer, name, rule.meaning), DIGEST)
        for name, rule in zip(("queenie", "quentin"), SIGNATURES, strict=True)
    )
    actor = performer.proven["queenie"]

    first = migrate(performer.installation, move, actor, signers)

    again = migrate(performer.installation, move, actor, signers)
    assert again == replace(first, repeated=True)
    with pytest.raises(GrantUsed):
        people.record_training(
            *(performer.installation, signers[0].proven, "mia", "manufacturing_technician"),
            performer.installation.clock.now() + timedelta(days=900),
        )


@on_both
def test_of_many_at_once_one_signs(performer, coi):
    """Thirty-two requests with the same grants, all at the same moment: one effect."""
    request = granted(performer, performer.request(coi, "accept_material"))
    before, ready = length(performer, coi), Barrier(AT_ONCE)

    def one(number):
        ready.wait()
        try:
            return type(act(performer, another(request, f"number {number}")))
        except (CoiError, Refused) as error:
            return type(error)

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        answers = Counter(crowd.map(one, range(AT_ONCE)))

    assert answers == {Receipt: 1, GrantUsed: AT_ONCE - 1}
    assert length(performer, coi) == before + 1


def test_whoever_signs_says_what_it_means():
    """A grant without a meaning below it would be no signature (21 CFR 11.50)."""
    with pytest.raises(DataRefused):
        Signer(Granted("mia", "P", "c", grant="g"), " ")
