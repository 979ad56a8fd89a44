"""Pages are put together without what no template asks for; nothing of them is another for that."""

from jinja2 import DictLoader

from coi.web.rendering import PlainEnvironment

SAID = {
    "frame": "<h1>{% block title %}!{% endblock %}</h1>{% block main %}{% endblock %}",
    "shown": "{% macro loud(text) %}<b>{{ text }}</b>{{ caller() if caller }}{% endmacro %}",
    "page": (
        "{% extends 'frame' %}{% from 'shown' import loud with context %}"
        "{% block title %}{{ name }}{{ super() }}{% endblock %}"
        "{% block main %}{{ self.title() }}{% for one in names %}{{ loud(one) }}"
        "{% call loud(loop.index) %}{{ one.upper() }}{% endcall %}{% endfor %}{% endblock %}"
    ),
}


def test_nothing_that_a_template_calls_wants_the_context(app):
    """Else it would be called without: no function that pages know is marked so."""
    with app.test_request_context("/"):
        known = dict(app.jinja_env.globals)
        app.update_template_context(known)
        marked = [name for name, one in known.items() if hasattr(one, "jinja_pass_arg")]

    assert isinstance(app.jinja_env, PlainEnvironment)
    assert marked == []


def test_what_is_said_is_escaped_in_blocks_macros_and_calls(app):
    """A hostile text is text, wherever it stands, and is escaped once."""
    environment = PlainEnvironment(app, loader=DictLoader(SAID), autoescape=True)

    told = environment.get_template("page").render(name="<i>&", names=["<a>"])

    name, one = "&lt;i&gt;&amp;!", "<b>&lt;a&gt;</b>"
    assert told == f"<h1>{name}</h1>{name}{one}<b>1</b>&lt;A&gt;"
