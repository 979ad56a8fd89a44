"""How the pages are put together: as Jinja does it, without what no template of ours asks for.

Rendering was half of a list's time, and half of that Jinja's own: at each call it looks whether
what is called wants to be given the context, and each piece of a page is handed up through every
template that it extends.
"""

from collections.abc import Callable, Iterator, MutableMapping
from functools import cache
from types import CodeType
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import Environment as AnyEnvironment
from jinja2 import Template
from jinja2.runtime import BlockReference, Context, Undefined

_Block = Callable[[Context], Iterator[str]]


class PlainContext(Context):
    """A context that is given to nothing that a template calls."""

    def call(
        self,
        called: Callable[..., Any],
        /,
        *args: Any,  # noqa: ANN401 - as Jinja says it
        _block_vars: object = None,
        _loop_vars: object = None,
        **told: Any,  # noqa: ANN401 - as Jinja says it
    ) -> Any:  # noqa: ANN401 - as Jinja says it
        """What is called answers, given what the template says and nothing else."""
        return called(*args, **told)

    def super(self, name: str, current: _Block) -> BlockReference | Undefined:
        """The block that this one takes the place of; it knows itself as it was compiled."""
        return super().super(name, _whole(current))


class WholeBlocks(Template):
    """A template whose blocks come in one piece each."""

    @classmethod
    def from_code(
        cls,
        environment: AnyEnvironment,
        code: CodeType,
        globals: MutableMapping[str, Any],  # noqa: A002 - as Jinja calls it
        uptodate: Callable[[], bool] | None = None,
    ) -> Template:
        """The template of compiled code."""
        made = super().from_code(environment, code, globals, uptodate)
        made.blocks = {name: _whole(block) for name, block in made.blocks.items()}
        return made


@cache
def _whole(block: _Block) -> _Block:
    def whole(context: Context) -> Iterator[str]:
        yield "".join(block(context))

    return whole


class PlainEnvironment(Environment):
    """Where the templates of the application live."""

    context_class = PlainContext
    template_class = WholeBlocks


def render_plainly(app: Flask) -> None:
    """Let an application put its pages together so; before anything else is said to them."""
    app.jinja_environment = PlainEnvironment
