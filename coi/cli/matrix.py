"""Who may do what, as a document: roles beside steps, and roles beside pages."""

from collections.abc import Iterable, Iterator, Sequence

from coi.services.permissions import HOLDERS, ROLES, Permission
from workflows.model import Action, SignatureRule, Workflow
from workflows.rights import ANY, Right, rights

_INTRODUCTION = """\
# Who may do what

Written by `coi workflow matrix`, from what the engine and the pages ask for at the moment of each
action. The tests take every cell of it: each role at each kind of site, each step and each page.

A role is held at a unit, and acts there. A role that is taken away is gone at the next request.
What else a step asks for (training, custody, state, scans …) stands in the definition.
"""
_STEPS = """
## The steps of a therapy

{title} ({name}, version {version}).
*acts*: takes the step; *signs*: may give one of its signatures.
"""
_BY_WHOM = """
## Where a step is taken, and what is signed

Of several who sign one step, each is another person. A signer holds the role at the site where the
step is taken; *(any site)*: or at another that takes part in the therapy.
"""
_PAGES = """
## The pages

What belongs to a therapy of another site answers like what does not exist. Where it says *the
password again*, a session alone does nothing; a step takes the signatures above, each with a
password, and what is printed a second time takes one too.
"""


def told_as_markdown(workflow: Workflow, pages: Iterable[tuple[str, str, str]]) -> str:
    """The whole document; of each page address, method and what it takes."""
    roles = [_words(role) for role in _roles(workflow)]
    named = {"title": workflow.title, "name": workflow.name, "version": workflow.version}
    return "".join(
        (
            _INTRODUCTION,
            _STEPS.format(**named),
            *_table(["Step", *roles], _steps(workflow)),
            _BY_WHOM,
            *_table(["Step", "Taken by", "Signed by"], map(_by_whom, workflow.actions.values())),
            _PAGES,
            *_table(["Permission", *roles], _permissions(workflow)),
            *_table(["Page", "Method", "Takes the permission"], map(_page, pages)),
        )
    )


def _roles(workflow: Workflow) -> list[str]:
    """Every role that somebody can hold, and those that the definition knows besides."""
    actions = workflow.actions.values()
    takers = {who.role for action in actions for who in action.who}
    signers = {role for one in actions for rule in one.every_signature for role in rule.roles}
    return sorted((ROLES | takers | signers) - {ANY})


def _steps(workflow: Workflow) -> Iterator[Sequence[str]]:
    """Each step with what each role may do of it."""
    by_role = [rights(workflow, role) for role in _roles(workflow)]
    for action in workflow.actions.values():
        yield [_name(action), *(_cell(of_role[action.name]) for of_role in by_role)]


def _cell(right: Right) -> str:
    """What a role may do of a step, in a word or two."""
    told = ["acts"] * bool(right.acts_at) + ["signs"] * bool(right.signs)
    return ", ".join(told) or "-"


def _by_whom(action: Action) -> Sequence[str]:
    """By which roles a step is taken where, and signed with which meaning."""
    kinds = dict.fromkeys(who.site_kind for who in action.who)
    takers = [f"at {_place(kind)}: {_any_of(_takers(action, kind))}" for kind in kinds]
    signatures = list(map(_signature, action.signatures))
    for country, rules in action.signatures_in.items():
        signatures.append(f"in {country}: {'; '.join(map(_signature, rules)) or 'none'}")
    return [_name(action), "; ".join(takers), "; ".join(signatures) or "-"]


def _takers(action: Action, site_kind: str) -> list[str]:
    return [_words(who.role) for who in action.who if who.site_kind == site_kind]


def _place(site_kind: str) -> str:
    return "any site" if site_kind == ANY else f"a {site_kind}"


def _signature(rule: SignatureRule) -> str:
    """A signature's meaning, and who may give it."""
    return f"“{rule.meaning}”: {_any_of(_signer(rule, role) for role in rule.roles)}"


def _signer(rule: SignatureRule, role: str) -> str:
    return f"{_words(role)} (any site)" if role in rule.anywhere else _words(role)


def _any_of(roles: Iterable[str]) -> str:
    return " or ".join(roles)


def _permissions(workflow: Workflow) -> Iterator[Sequence[str]]:
    """Each permission with the roles that give it."""
    for permission in Permission:
        holders = HOLDERS.get(permission, ROLES)
        yield [permission, *("yes" if r in holders else "-" for r in _roles(workflow))]


def _page(page: tuple[str, str, str]) -> Sequence[str]:
    address, method, takes = page
    return [f"`{address}`", method, takes]


def _name(action: Action) -> str:
    return f"{action.title} (`{action.name}`)"


def _words(role: str) -> str:
    """A role as people say it."""
    return "any role" if role == ANY else role.replace("_", " ")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table in Markdown, a line at a time."""
    yield "\n"
    yield _line(heads)
    yield _line(["---"] * len(heads))
    yield from map(_line, rows)


def _line(cells: Iterable[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |\n"
