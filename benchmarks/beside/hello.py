"""The least that Flask can answer: no database, nobody signed in."""

from flask import Flask

application = Flask("hello")


@application.get("/")
def hello() -> dict[str, str]:
    """Greet."""
    return {"hello": "world"}
