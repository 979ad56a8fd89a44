"""A workflow as a picture: SVG for people, Mermaid for documents.

The SVG is our own, because a graph of boxes and arrows drowns in the many arrows that lead to
“destroyed” or “on hold”, and drawing one would need a system package or megabytes of script. Here
every state is a column and every action a row: a dot where it may begin, an arrowhead where it
leads, a ring where it leaves the state as it is. Nothing crosses, however large the workflow.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from xml.sax.saxutils import escape

from workflows.model import Machine, State, Workflow
from workflows.paths import rows_of

COLUMN, ROW, LINE, MARGIN = 124, 24, 15, 16  # in pixels, as everything here
TITLE_CHARACTER = 6.8  # average width of a character of 12 px
STATE_CHARACTERS = 15  # that fit into a state's box
LEGEND = "● it may begin here; ▶ it leads here; ○ it leaves the state as it is; final: framed twice"

_STYLE = """
text { font: 12px sans-serif; fill: #1b2733 }
.machine { font-size: 18px; font-weight: bold }
.legend, .phase { fill: #51606e }
.phase, .state { text-anchor: middle }
.action { text-anchor: end }
.box { fill: #e8f0f8; stroke: #2c5d8f; stroke-width: 1.5 }
.final { fill: #ececec; stroke: #51606e }
.inner { fill: none }
.life { stroke: #c9d3dc }
.band { stroke: #51606e }
.odd { fill: #f6f8fa }
.move { stroke: #2c5d8f; stroke-width: 1.5; fill: none }
.dot, .head { fill: #2c5d8f }
.ring { fill: #ffffff; stroke: #2c5d8f; stroke-width: 1.5 }
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One action as one row: from which states, and to which; '' leaves each as it is."""

    title: str
    from_states: tuple[str, ...]
    to_state: str


def steps_of(workflow: Workflow, machine: Machine) -> tuple[Step, ...]:
    """What can happen to a machine's subjects, in the order in which a life meets it."""
    order = ["", *machine.states]
    found: dict[tuple[str, str], set[str]] = {}
    for row in rows_of(workflow, machine.name):
        to_state = "" if row.to_state == row.from_state else row.to_state
        found.setdefault((row.action, to_state), set()).add(row.from_state)
    steps = [
        Step(workflow.actions[action].title, tuple(sorted(states, key=order.index)), to_state)
        for (action, to_state), states in found.items()
    ]
    return tuple(sorted(steps, key=lambda step: _when(step, order)))


def _when(step: Step, order: Sequence[str]) -> tuple[bool, int, int, str]:
    """Moves before what leaves everything in place; then early before late."""
    first = order.index(step.from_states[0])
    return not step.to_state, first, order.index(step.to_state), step.title


# -- Mermaid ---------------------------------------------------------------------------------------


def mermaid(workflow: Workflow) -> str:
    """One state diagram, each machine a composite state; what stays in place is left out."""
    lines = ["stateDiagram-v2", "    direction LR"]
    for machine in workflow.machines.values():
        lines.append(f'    state "{_plain(machine.title)}" as {machine.name} {{')
        lines += (f"        {line}" for line in _mermaid_machine(workflow, machine))
        lines.append("    }")
    return "\n".join(lines) + "\n"


def _mermaid_machine(workflow: Workflow, machine: Machine) -> Iterator[str]:
    """The states and moves of one machine."""
    # Mermaid knows each state by one name in the whole picture, and two machines can have a
    # state of the same name: each name begins with that of its machine.
    for state in machine.states.values():
        yield f'state "{_plain(state.title)}" as {machine.name}__{state.name}'
    arrows: dict[tuple[str, str], list[str]] = {}
    for step in steps_of(workflow, machine):
        for from_state in step.from_states if step.to_state else ():
            arrows.setdefault((from_state, step.to_state), []).append(_plain(step.title))
    for (from_state, to_state), titles in arrows.items():
        start = f"{machine.name}__{from_state}" if from_state else "[*]"
        yield f"{start} --> {machine.name}__{to_state} : {' / '.join(titles)}"
    for state in machine.states.values():
        if state.final:
            yield f"{machine.name}__{state.name} --> [*]"


_SIGNS = str.maketrans('":;#\n', "”,,№ ")


def _plain(text: str) -> str:
    """The text without what Mermaid reads as its own signs."""
    return text.translate(_SIGNS)


# -- SVG -------------------------------------------------------------------------------------------


def svg(workflow: Workflow, machine: str | None = None) -> str:
    """The picture of one machine, or of all, one below the other."""
    machines = [workflow.machines[machine]] if machine else list(workflow.machines.values())
    sheets = [_Sheet(each, steps_of(workflow, each)) for each in machines]
    margin = max(sheet.titles_width for sheet in sheets)
    width = margin + max(sheet.columns_width for sheet in sheets) + MARGIN
    height = sum(sheet.height for sheet in sheets) + ROW
    title = escape(f"{workflow.title}, version {workflow.version}")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}">',
        f"<title>{title}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    top = 0
    for sheet in sheets:
        parts.append(f'<g transform="translate({margin} {top})">')
        parts += sheet.draw(margin)
        parts.append("</g>")
        top += sheet.height
    legend = _text(MARGIN, height - MARGIN, "legend", LEGEND)
    return "\n".join([*parts, legend, "</svg>"]) + "\n"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One machine as columns and rows; x is 0 where the columns begin."""

    machine: Machine
    steps: tuple[Step, ...]

    @property
    def titles_width(self) -> int:
        """The room that the actions' titles need."""
        longest = max((len(step.title) for step in self.steps), default=0)
        return round(longest * TITLE_CHARACTER) + 2 * MARGIN + ROW

    @property
    def columns_width(self) -> int:
        """The room that the states need."""
        return COLUMN * len(self.machine.states)

    @property
    def box_height(self) -> int:
        """The height of the states' boxes: that of the longest title."""
        return LINE * max(len(_lines(state)) for state in self.machine.states.values()) + 14

    @property
    def rows_top(self) -> int:
        """Where the first action stands."""
        return 72 + self.box_height + 12

    @property
    def height(self) -> int:
        """The height of the whole sheet."""
        return self.rows_top + ROW * len(self.steps) + 2 * MARGIN

    def x(self, state: str) -> int:
        """The middle of a state's column; what is not born yet comes from the left edge."""
        return COLUMN // 2 + COLUMN * list(self.machine.states).index(state) if state else 0

    def draw(self, margin: int) -> Iterator[str]:
        """Everything on the sheet, from the back to the front."""
        yield _text(MARGIN - margin, 34, "machine", self.machine.title)
        for n, step in enumerate(self.steps):
            yield from self._stripe(n, step, margin)
        yield from self._phases()
        for state in self.machine.states.values():
            yield from self._state(state)
        for n, step in enumerate(self.steps):
            yield from self._step(step, self.rows_top + ROW * n + ROW // 2)

    def _stripe(self, n: int, step: Step, margin: int) -> Iterator[str]:
        """The title of an action, on ground that guides the eye."""
        top = self.rows_top + ROW * n
        if n % 2 == 0:
            width = margin + self.columns_width
            yield f'<rect class="odd" x="{-margin}" y="{top}" width="{width}" height="{ROW}"/>'
        yield _text(-MARGIN, top + ROW // 2 + 4, "action", step.title)

    def _phases(self) -> Iterator[str]:
        """A line over the states of each phase, with its name."""
        states = self.machine.states.values()
        for phase, members in groupby(states, key=lambda state: state.phase):
            columns = [self.x(state.name) for state in members]
            left, right = columns[0] - COLUMN // 2 + 6, columns[-1] + COLUMN // 2 - 6
            yield _text((left + right) // 2, 54, "phase", phase)
            yield f'<line class="band" x1="{left}" y1="61" x2="{right}" y2="61"/>'

    def _state(self, state: State) -> Iterator[str]:
        """The box of a state, and the line of its column; a final state has a double border."""
        x, bottom = self.x(state.name), self.height - 2 * MARGIN
        yield f'<line class="life" x1="{x}" y1="{72 + self.box_height}" x2="{x}" y2="{bottom}"/>'
        yield _box(x, 72, self.box_height, "box final" if state.final else "box")
        if state.final:
            yield _box(x, 75, self.box_height - 6, "box inner", inset=3)
        lines = _lines(state)
        first = 72 + (self.box_height - LINE * len(lines)) // 2 + 11
        for n, line in enumerate(lines):
            yield _text(x, first + LINE * n, "state", line)

    def _step(self, step: Step, y: int) -> Iterator[str]:
        """The marks of one action."""
        starts = [self.x(state) for state in step.from_states]
        if not step.to_state:
            yield from (f'<circle class="ring" cx="{x}" cy="{y}" r="4"/>' for x in starts)
            return
        # One line for all, from the outermost start to the end; the dots say where it may begin.
        end = self.x(step.to_state)
        yield f'<path class="move" d="M{min(*starts, end)} {y}H{max(*starts, end)}"/>'
        yield from (f'<circle class="dot" cx="{x}" cy="{y}" r="4"/>' for x in starts)
        # An arrowhead for each side from which one comes, a single one where all come alike.
        for side in sorted({-1 if x < end else 1 for x in starts}):
            back = end + side * 10
            yield f'<path class="head" d="M{end} {y}L{back} {y - 5}V{y + 5}Z"/>'


def _lines(state: State) -> list[str]:
    """A state's title in lines that fit into its box."""
    return wrap(state.title, STATE_CHARACTERS)


def _text(x: int, y: int, style: str, words: str) -> str:
    """One line of text."""
    return f'<text class="{style}" x="{x}" y="{y}">{escape(words)}</text>'


def _box(x: int, y: int, height: int, style: str, inset: int = 0) -> str:
    """A rounded box around a column's middle."""
    width = COLUMN - 12 - 2 * inset
    return (
        f'<rect class="{style}" x="{x - width // 2}" y="{y}" width="{width}" height="{height}" '
        f'rx="{8 - inset}"/>'
    )
