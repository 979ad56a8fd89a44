"""`coi workflow`: list, check, show, draw and install workflow definitions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from coi.cli import words
from coi.cli.asking import as_user, prove, signer_of
from coi.cli.opening import opened
from coi.cli.telling import tell_refusals
from coi.definitions import DefinitionRefused, packaged, packaged_workflow, proven
from coi.errors import Refused
from coi.services.installing import RELEASED_FOR_USE, install_definition
from coi.services.migrating import SIGNATURES, Migration, Proposal, propose, unit_of_signer
from coi.services.migrating import migrate as move_to
from workflows.diagram import mermaid, svg
from workflows.model import Action, Machine, MoveRule, SignatureRule, Workflow


@click.group()
def command() -> None:
    """List, check, show, draw and install workflow definitions.

    A NAME is that of a packaged definition, with its version or without (then the newest), or a
    file of your own that ends in .yaml.
    """


@command.command("list")
def list_() -> None:
    """List the packaged definitions."""
    for name in packaged():
        click.echo(f"{name}  {packaged_workflow(name).title}")


@command.command()
@click.argument("paths", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.pass_context
def check(ctx: click.Context, paths: tuple[Path, ...]) -> None:
    """Prove that definitions can be used; the packaged ones when no file is given."""
    named = {str(path): _content(path) for path in paths}
    texts = named or {name: text.encode() for name, text in packaged().items()}
    failed = False
    for name, content in texts.items():
        try:
            workflow = proven(name, content)
        except DefinitionRefused as refused:
            failed = True
            for problem in refused.problems:
                click.echo(f"{name}: {problem}")
        else:
            click.echo(f"{name}: {_size(workflow)}; no problem found")
    ctx.exit(int(failed))


@command.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@as_user("The QA reviewer who signs.")
def install(path: Path, username: str) -> None:
    """Install a definition of your own; therapies can be ordered by it from then on.

    It is proven first, and what is installed is never changed: a change is a newer version.
    """
    content = _content(path)
    proven(str(path), content)
    installation = opened()
    signer = prove(installation, username, f"who signs “{RELEASED_FOR_USE}”")
    workflow = install_definition(installation, signer, content)
    click.echo(f"Installed: {workflow.name}, version {workflow.version} (SHA-256 {workflow.hash}).")


@command.command()
@click.argument("coi", callback=lambda _context, _parameter, text: words.coi_of(text))
@click.argument("version", type=int)
@as_user("Who hands it in, and signs.")
@click.option("--reason", default="", help="Why this therapy moves.")
@click.option("--sign", "signers", multiple=True, metavar="USER", help="Who signs, in order.")
@click.option("--unit", default="", help="Where whoever hands it in acts, if at several units.")
@click.pass_context
def migrate(ctx: click.Context, /, **given: Any) -> None:  # noqa: ANN401 - as click gives them
    """Move the therapy COI to a newer VERSION of its workflow.

    What would be otherwise is told first. Without --sign that is all, and nothing is changed; in
    order sign: a QA reviewer (“reviewed the change”), and a qualified person (“approved for this
    therapy”).
    """
    installation, coi, version = opened(), given["coi"], given["version"]
    actor = prove(installation, given["username"], "who hands it in")
    proposal = propose(installation, actor, coi, version)
    click.echo("\n".join(_proposed(proposal)))
    if not given["signers"]:
        click.echo("Nothing was changed. Name who signs (--sign, --sign), and why (--reason).")
        return
    pairs = zip(given["signers"], SIGNATURES, strict=False)
    signed = tuple(signer_of(installation, name, rule) for name, rule in pairs)
    unit = given["unit"] or unit_of_signer(installation, actor)
    key = f"command-line-{installation.new_id()}"
    asked = Migration(coi, version, unit, given["reason"], proposal.seen, key)
    try:
        receipt = move_to(installation, asked, actor, signed)
    except Refused as refused:
        tell_refusals("The move", refused.refusals, recorded=True)
        ctx.exit(1)
    click.echo(f"Moved: {coi} runs on version {version} since entry {receipt.seq}.")


def _proposed(proposal: Proposal) -> Iterator[str]:
    """What would be otherwise, and what stands against it."""
    yield f"From version {proposal.older.version} to version {proposal.newer.version}:"
    for one in proposal.differences:
        yield f"{one.about}: {one.how}{'' if one.ahead else ' (behind this therapy)'}"
        yield from (f"  {line}" for line in one.lines)
    yield from (f"WOULD BE OUTSIDE: {one.sentence}" for one in proposal.outside)
    yield from (f"RELEASED ALREADY, OUTSIDE: {one.sentence}" for one in proposal.released)
    for reason in proposal.obstacles:
        yield f"AGAINST IT: {reason.code}: {reason.sentence}. {reason.next_step}."


@command.command()
@click.argument("name")
def show(name: str) -> None:
    """Show what a definition says: its states, and each action with all that it asks."""
    workflow = _workflow(name)
    click.echo(f"{workflow.title}\n{workflow.name}, version {workflow.version}")
    click.echo(f"SHA-256 {workflow.hash}\n{_size(workflow)}")
    for machine in workflow.machines.values():
        click.echo(f"\n{machine.title} ({machine.name})")
        click.echo("\n".join(f"  {line}" for line in _states(machine)))
    for action in workflow.actions.values():
        click.echo(f"\n{action.title} ({action.name})")
        click.echo("\n".join(f"  {line}" for line in _asks(action)))


@command.command()
@click.argument("name")
@click.option("--format", "form", type=click.Choice(["svg", "mermaid"]), default="svg")
@click.option("--machine", help="Draw this machine alone (svg).")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here.")
def diagram(name: str, form: str, machine: str | None, output: Path | None) -> None:
    """Draw a definition as a picture (svg) or as text for documents (mermaid)."""
    workflow = _workflow(name)
    if machine is not None and machine not in workflow.machines:
        known = ", ".join(workflow.machines)
        raise click.BadParameter(f"{machine!r} is none of: {known}", param_hint="--machine")
    drawn = mermaid(workflow) if form == "mermaid" else svg(workflow, machine)
    if output is None:
        click.echo(drawn, nl=False)
    else:
        output.write_text(drawn, encoding="utf-8")


@command.command()
@click.argument("name")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here.")
def matrix(name: str, output: Path | None) -> None:
    """Say which role may do what: each step of a definition, and each page (Markdown)."""
    from coi.app import every_page
    from coi.cli.matrix import told_as_markdown

    pages = [(page.address, page.method, page.takes) for page in every_page()]
    told = told_as_markdown(_workflow(name), pages)
    if output is None:
        click.echo(told, nl=False)
    else:
        output.write_text(told, encoding="utf-8")


def _workflow(name: str) -> Workflow:
    """A packaged workflow, or that of a file."""
    if name.endswith(".yaml"):
        return proven(name, _content(Path(name)))
    return packaged_workflow(name)


def _content(path: Path) -> bytes:
    """The bytes of a file; one that cannot be read is named."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise click.FileError(str(path), error.strerror) from error


def _size(workflow: Workflow) -> str:
    """How large a workflow is."""
    return (
        f"{len(workflow.machines)} machines, {len(workflow.actions)} actions, "
        f"{len(workflow.transitions)} transitions"
    )


def _states(machine: Machine) -> Iterator[str]:
    """A machine's states, a line each."""
    for state in machine.states.values():
        yield f"{state.name}: {state.title} [{state.phase}]{', final' if state.final else ''}"


def _asks(action: Action) -> Iterator[str]:
    """All that an action asks, a line each."""
    yield f"who: {', '.join(f'{who.role}@{who.site_kind}' for who in action.who)}"
    yield from map(_move, action.moves)
    if action.fields:
        yield f"records: {', '.join(field.title for field in action.fields)}"
    yield from (f"guard: {use.name}" for use in action.guards)
    yield from (f"signature: {_signature(rule)}" for rule in action.signatures)
    for country, rules in action.signatures_in.items():
        yield f"signatures in {country}: {', '.join(map(_signature, rules)) or 'none'}"


def _move(rule: MoveRule) -> str:
    """Whose states it changes, how they are found, and what becomes of custody."""
    begin, end = " or ".join(rule.from_states) or "new", rule.to_state or "as it is"
    return f"moves {rule.machine} ({rule.pick}): {begin} → {end}, custody {rule.custody}"


def _signature(rule: SignatureRule) -> str:
    """A signature as the definition writes it."""
    roles = (f"{role}@anywhere" if role in rule.anywhere else role for role in rule.roles)
    return f"{rule.meaning} by {' or '.join(roles)}"
