"""How the pages are put together: as Jinja does it, without what no template of ours asks for.

Rendering was half of a list's time, and half of that Jinja's own: at each call it looks whether
what is called wants to be given the context, and each piece of a page is handed up through every
template that it extends.

In another language a template is another template, `de:work.html`: its words are put in before it
is compiled, once, so that no page is slower for them, and English ones are as they are written.
"""

from collections.abc import Callable, Iterator, MutableMapping
from functools import cache
from types import CodeType
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import BaseLoader, Template
from jinja2 import Environment as AnyEnvironment
from jinja2.runtime import BlockReference, Context, Undefined

from coi.web.marked_expressions import Find
from coi.web.marking import in_words_of

ENGLISH = "en"
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
    language: Callable[[], str] = staticmethod(lambda: ENGLISH)

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - as Jinja calls it
    ) -> Template:
        """The template in the language that is asked for; what it includes is in the same one."""
        if isinstance(name, str) and parent is None and (shown := self.language()) != ENGLISH:
            name = f"{shown}:{name}"
        return super().get_template(name, parent, globals)

    def join_path(self, template: str, parent: str) -> str:
        """What a template includes or extends, in its own language."""
        language, _, _name = parent.rpartition(":")
        return f"{language}:{template}" if language else template


class InLanguages(BaseLoader):
    """Gives a template in the language that its name begins with."""

    def __init__(self, inner: BaseLoader, words_of: Callable[[str], Find]) -> None:
        self._inner, self._words_of = inner, words_of

    def get_source(
        self, environment: AnyEnvironment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """The template with the words of its language."""
        language, _, name = template.rpartition(":")
        source, path, is_current = self._inner.get_source(environment, name)
        if language:
            source = in_words_of(source, self._words_of(language))
        return source, path, is_current

    def list_templates(self) -> list[str]:
        """Every template, in English."""
        return self._inner.list_templates()


def render_plainly(app: Flask) -> None:
    """Let an application put its pages together so; before anything else is said to them."""
    app.jinja_environment = PlainEnvironment


def render_in_languages(
    app: Flask, language: Callable[[], str], words_of: Callable[[str], Find]
) -> None:
    """Let each page be shown in the language that is asked for; before one is."""
    environment = app.jinja_env
    assert isinstance(environment, PlainEnvironment)  # noqa: S101 - `render_plainly` said so
    environment.loader = InLanguages(app.create_global_jinja_loader(), words_of)
    environment.language = language
