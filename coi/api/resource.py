"""How a resource is declared: what it reads, what it answers, and an example of each, in one place.

A typed face of flask-smorest, which reads requests with marshmallow and describes them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from json import JSONDecodeError
from typing import Any, TypeVar

from flask import Request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser

from coi.api.ending import Ending
from coi.api.schemas.common import Read, Sign, Write

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
_UNCHANGED = "It is as it was when it was read last."
_STALE = "What was seen is not what is there any more; nothing was saved."


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent or answered, with an example that the tests send and compare."""

    schema: type[Schema]
    example: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered when all went well."""

    body: Body | None = None
    status: HTTPStatus = HTTPStatus.OK
    media_type: str = "application/json"


NOTHING = Answer(None, HTTPStatus.NO_CONTENT)
PDF = Answer(None, HTTPStatus.OK, "application/pdf")
PAGE = Answer(None, HTTPStatus.OK, "text/html")


def created(schema: type[Schema], example: Mapping[str, Any]) -> Answer:
    """The answer to what brought something into being."""
    return Answer(Body(schema, example), HTTPStatus.CREATED)


def found(schema: type[Schema], example: Mapping[str, Any]) -> Answer:
    """The answer to what only looked, or changed what was there."""
    return Answer(Body(schema, example))


class _Reader(FlaskParser):
    """Reads JSON; what is too deep, or a number without end, is none, and no fault of ours."""

    def _raw_load_json(self, req: Request) -> Any:  # noqa: ANN401 - as JSON has it
        try:
            return super()._raw_load_json(req)
        except JSONDecodeError:
            raise
        except (RecursionError, ValueError) as error:
            raise JSONDecodeError("cannot be read", "?", 0) from error


class _Blueprint(Blueprint):  # type: ignore[misc] # published without types
    ARGUMENTS_PARSER = _Reader()


class Resources:
    """Resources of one subject; their views are given headers, query and body in this order."""

    def __init__(self, name: str, about: str) -> None:
        self.blueprint = _Blueprint(f"api_{name}", __name__, description=about)

    def offers(  # noqa: PLR0913 - all that is said of one call
        self,
        method: str,
        rule: str,
        operation: str,
        answer: Answer,
        *,
        headers: type[Schema] | None = None,
        query: type[Schema] | None = None,
        body: Body | None = None,
        is_public: bool = False,
        ends: Ending | None = None,
    ) -> Callable[[View], View]:
        """Offer a call; stands above what it needs. `operation` is its name in every client."""
        calls: list[Callable[[Any], Any]] = [self.blueprint.doc(operationId=operation)]
        if is_public:
            calls.append(self.blueprint.doc(security=[]))
        calls += self._answers(answer, headers)
        if body is not None:
            calls.append(self._reads(body.schema, "json", example=body.example))
        if query is not None:
            calls.append(self._reads(query, "query"))
        if headers is not None:
            calls.append(self._reads(headers, "headers"))
        if ends is not None:
            calls += [self.blueprint.doc(deprecated=True), ends.told]
        calls.append(self.blueprint.route(rule, methods=[method]))

        def declare(view: View) -> View:
            wrapped: Any = view
            for call in calls:
                wrapped = call(wrapped)
            return view

        return declare

    def _reads(
        self,
        schema: type[Schema],
        location: str,
        **more: Any,  # noqa: ANN401 - an example
    ) -> Callable[[Any], Any]:
        """What does not fit the description is a bad request, before anything is done."""
        # One schema for all requests: making it takes longer than reading with it.
        reads: Callable[[Any], Any] = self.blueprint.arguments(
            schema(), location=location, error_status_code=int(HTTPStatus.BAD_REQUEST), **more
        )
        return reads

    def _answers(
        self, answer: Answer, headers: type[Schema] | None
    ) -> Sequence[Callable[[Any], Any]]:
        """The answer as it is described, and what else its headers can lead to."""
        about: dict[str, Any] = {}
        if answer.body is not None:
            about = {"schema": answer.body.schema, "example": answer.body.example}
        elif answer.media_type != "application/json":
            about = {"schema": {"type": "string", "format": "binary"}}
        calls = [self.blueprint.response(answer.status, content_type=answer.media_type, **about)]
        if headers is Read:
            calls.append(self._also(HTTPStatus.NOT_MODIFIED, _UNCHANGED))
        if headers is not None and "seen" in headers().fields:
            calls.append(self._also(HTTPStatus.PRECONDITION_FAILED, _STALE))
        return calls

    def _also(self, status: HTTPStatus, description: str) -> Callable[[Any], Any]:
        also: Callable[[Any], Any] = self.blueprint.alt_response(status, description=description)
        return also


__all__ = ["NOTHING", "PAGE", "PDF", "Answer", "Body", "Read", "Resources", "Sign", "Write"]
