"""People and their accounts, for administrators; and one's own account."""

from typing import Any, cast

from flask.typing import ResponseReturnValue

from coi.api.asked import behind, cursor, proven_by
from coi.api.resource import NOTHING, PDF, Body, Resources, Sign, Write, created, found
from coi.api.schemas import directory as schemas
from coi.api.schemas.common import BECAUSE, Because
from coi.api.told import as_label, file_told, person_told
from coi.services import accounts, badges, enrolling, people, sessions, tries
from coi.services.directory import people_called
from coi.services.factors import Typed
from coi.services.people import NewPerson
from coi.services.permissions import Permission
from coi.services.person_file import person_file
from coi.web import here
from coi.web.permissions import needs

resources = Resources("people", "People, their accounts, roles and trainings.")


@resources.offers(
    "GET",
    "/people",
    "listPeople",
    found(schemas.People, schemas.PEOPLE),
    query=schemas.PeopleWanted,
)
@needs(Permission.ADMINISTER)
def every(told: dict[str, Any]) -> ResponseReturnValue:
    """Everybody whose name holds these letters, by the printed name."""
    after = behind(told["cursor"], int)
    begin = cast("int", after[0]) if after else 0
    known = people_called(here.installation(), told["called"])
    end = begin + told["limit"]
    shown = known[max(0, begin) : max(0, end)]
    return {
        "items": [person_told(one.person, one.printed_name) for one in shown],
        "next": cursor(end) if end < len(known) else None,
    }


@resources.offers(
    "GET",
    "/people/<username>",
    "showPerson",
    found(schemas.PersonFile, schemas.PERSON_FILE),
)
@needs(Permission.ADMINISTER)
def show(username: str) -> ResponseReturnValue:
    """One person: accounts, roles, trainings, sessions, and what happened."""
    return file_told(person_file(here.installation(), username))


@resources.offers(
    "POST",
    "/people",
    "openAccount",
    created(schemas.Secret, schemas.SECRET),
    headers=Write,
    body=Body(schemas.NewPerson, schemas.NEW_PERSON),
)
@needs(Permission.ADMINISTER)
def register(_headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Open an account; its one-time secret is answered this once."""
    new = NewPerson(told["username"], told["printed_name"], unit=told["unit"])
    secret = accounts.open_account(here.installation(), here.somebody().proven, new)
    return {"username": new.username.lower(), "secret": secret}


@resources.offers(
    "PUT", "/people/<username>/roles/<role>/<unit>", "grantRole", NOTHING, headers=Write
)
@needs(Permission.ADMINISTER)
def give(headers: dict[str, Any], username: str, role: str, unit: str) -> ResponseReturnValue:
    """Give a role at a unit; `-` is the whole organisation."""
    installation, by = here.installation(), here.somebody().proven
    people.grant_role(installation, by, username, role, unit, key=headers["key"])
    return ""


@resources.offers(
    "DELETE",
    "/people/<username>/roles/<role>/<unit>",
    "revokeRole",
    NOTHING,
    headers=Write,
    body=Body(Because, BECAUSE),
)
@needs(Permission.ADMINISTER)
def take_away(
    headers: dict[str, Any], told: dict[str, Any], username: str, role: str, unit: str
) -> ResponseReturnValue:
    """Take a role away, and say why; it is gone at the next request."""
    installation, by = here.installation(), here.somebody().proven
    people.grant_role(
        *(installation, by, username, role, unit),
        holds=False,
        key=headers["key"],
        why=told["why"],
    )
    return ""


@resources.offers(
    "POST",
    "/people/<username>/badge",
    "issueBadge",
    created(schemas.Serial, schemas.BADGE),
    headers=Write,
    body=Body(schemas.NewBadge, schemas.NEW_BADGE),
)
@needs(Permission.ADMINISTER)
def issue_badge(
    headers: dict[str, Any], told: dict[str, Any], username: str
) -> ResponseReturnValue:
    """Issue a badge in a role that the person holds; the one before is struck off."""
    by, role = here.somebody().proven, (told["role"], told["unit"])
    serial = badges.issue_badge(here.installation(), by, username, role, key=headers["key"])
    return {"serial": serial}


@resources.offers(
    "POST",
    "/people/<username>/badge/strike-off",
    "strikeOffBadge",
    NOTHING,
    headers=Write,
    body=Body(schemas.BadgeStruckOff, schemas.BADGE_STRUCK_OFF),
)
@needs(Permission.ADMINISTER)
def strike_off_badge(
    _headers: dict[str, Any], told: dict[str, Any], username: str
) -> ResponseReturnValue:
    """Let a person wear no badge any more, with the reason; the account stays as it is."""
    badges.strike_off_badge(here.installation(), here.somebody().proven, username, told["why"])
    return ""


@resources.offers("POST", "/people/<username>/badge/print", "printBadge", PDF, headers=Write)
@needs(Permission.ADMINISTER)
def print_badge(_headers: dict[str, Any], username: str) -> ResponseReturnValue:
    """The badge that a person wears, as PDF."""
    by = here.somebody().proven
    return as_label(badges.write_badge(here.installation(), by, username), "badge")


@resources.offers(
    "POST",
    "/people/<username>/trainings",
    "recordTraining",
    NOTHING,
    headers=Sign,
    body=Body(schemas.Trained, schemas.TRAINED),
)
@needs(Permission.ADMINISTER)
def train(headers: dict[str, Any], told: dict[str, Any], username: str) -> ResponseReturnValue:
    """Record that somebody is trained; signed by QA or an administrator."""
    by = proven_by(headers["grants"], people.TRAINED)
    people.record_training(here.installation(), by, username, told["role"], told["until"])
    return ""


@resources.offers(
    "POST",
    "/people/<username>/identity",
    "recordIdentityCheck",
    NOTHING,
    headers=Sign,
    body=Body(schemas.IdentityChecked, schemas.IDENTITY_CHECKED),
)
@needs(Permission.ADMINISTER)
def check(headers: dict[str, Any], told: dict[str, Any], username: str) -> ResponseReturnValue:
    """Record who a person is was checked, and how; signed by QA or an administrator."""
    by = proven_by(headers["grants"], people.PROOFED)
    people.record_proofing(here.installation(), by, username, told["how"])
    return ""


@resources.offers(
    "POST",
    "/people/<username>/factors/end",
    "endFactors",
    NOTHING,
    headers=Sign,
    body=Body(schemas.FactorsEnded, schemas.FACTORS_ENDED),
)
@needs(Permission.ADMINISTER)
def end_factors(
    headers: dict[str, Any], told: dict[str, Any], username: str
) -> ResponseReturnValue:
    """End the second factors of somebody who lost them; signed by an administrator."""
    by = proven_by(headers["grants"], enrolling.ENDED)
    enrolling.end_factors(here.installation(), by, username, told["why"])
    return ""


@resources.offers(
    "PUT",
    "/people/<username>/name",
    "renamePerson",
    NOTHING,
    headers=Write,
    body=Body(schemas.PrintedName, schemas.PRINTED_NAME),
)
@needs(Permission.ADMINISTER)
def rename(_headers: dict[str, Any], told: dict[str, Any], username: str) -> ResponseReturnValue:
    """Change how the name is printed from now on."""
    by = here.somebody().proven
    accounts.rename(here.installation(), by, username, told["printed_name"], why=told["why"])
    return ""


@resources.offers(
    "POST",
    "/people/<username>/accounts",
    "addAccount",
    NOTHING,
    headers=Write,
    body=Body(schemas.AnotherName, schemas.ANOTHER_NAME),
)
@needs(Permission.ADMINISTER)
def add_account(
    _headers: dict[str, Any], told: dict[str, Any], username: str
) -> ResponseReturnValue:
    """Give the same person one more user name."""
    by = here.somebody().proven
    accounts.add_account(here.installation(), by, username, told["username"])
    return ""


@resources.offers(
    "POST",
    "/people/<username>/secret",
    "issueSecret",
    created(schemas.Secret, schemas.SECRET),
    headers=Write,
    body=Body(Because, BECAUSE),
)
@needs(Permission.ADMINISTER)
def issue_secret(
    headers: dict[str, Any], told: dict[str, Any], username: str
) -> ResponseReturnValue:
    """Give the person a new one-time secret, answered this once, and say why."""
    by = here.somebody().proven
    secret = accounts.issue_secret(
        here.installation(), by, username, headers["key"], why=told["why"]
    )
    return {"username": username, "secret": secret}


@resources.offers("POST", "/people/<username>/unlock", "unlockAccount", NOTHING, headers=Write)
@needs(Permission.ADMINISTER)
def unlock(_headers: dict[str, Any], username: str) -> ResponseReturnValue:
    """Open the accounts that were tried in vain too often."""
    tries.unlock_account(here.installation(), here.somebody().proven, username)
    return ""


@resources.offers(
    "DELETE", "/people/<username>/sessions/<session>", "endSession", NOTHING, headers=Write
)
@needs(Permission.ADMINISTER)
def end_session(_headers: dict[str, Any], username: str, session: str) -> ResponseReturnValue:
    """End one of the person's sessions."""
    person = person_file(here.installation(), username).person.id
    sessions.end_session(here.installation(), here.somebody().proven, person, session)
    return ""


@resources.offers(
    "DELETE",
    "/people/<username>",
    "closeAccount",
    NOTHING,
    headers=Write,
    body=Body(Because, BECAUSE),
)
@needs(Permission.ADMINISTER)
def close(_headers: dict[str, Any], told: dict[str, Any], username: str) -> ResponseReturnValue:
    """Close the account for ever, and say why; its name is never given again."""
    by = here.somebody().proven
    people.close_account(here.installation(), by, username, why=told["why"])
    return ""


# -- one's own account -----------------------------------------------------------------------------


@resources.offers("GET", "/account", "showAccount", found(schemas.PersonFile, schemas.PERSON_FILE))
@needs(Permission.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """What holds of whoever asks."""
    return file_told(person_file(here.installation(), here.somebody().proven.username))


@resources.offers(
    "PUT",
    "/account/password",
    "changePassword",
    found(schemas.Token, schemas.TOKEN),
    headers=Write,
    body=Body(schemas.NewPassword, schemas.NEW_PASSWORD),
)
@needs(Permission.SIGNED_IN)
def change_password(_headers: dict[str, Any], told: dict[str, Any]) -> ResponseReturnValue:
    """Change one's password; every session ends, and the one answered here goes on."""
    signed_in = here.somebody()
    old = Typed(told["old"], told["code"])
    token = sessions.change_password(here.installation(), signed_in, old, told["new"])
    return {"token": token}


@resources.offers("POST", "/account/statement", "acceptStatement", NOTHING, headers=Sign)
@needs(Permission.SIGNED_IN)
def accept(headers: dict[str, Any]) -> ResponseReturnValue:
    """Accept that one's electronic signature is binding; signed with these very words."""
    people.accept_policy(here.installation(), proven_by(headers["grants"], people.POLICY))
    return ""


@resources.offers("DELETE", "/account/sessions/<session>", "endMySession", NOTHING, headers=Write)
@needs(Permission.SIGNED_IN)
def end_mine(_headers: dict[str, Any], session: str) -> ResponseReturnValue:
    """End one of one's own sessions, on whichever machine it is."""
    signed_in = here.somebody()
    person = signed_in.person.id
    sessions.end_session(here.installation(), signed_in.proven, person, session)
    return ""
