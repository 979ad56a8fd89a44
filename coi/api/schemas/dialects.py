"""Which codes of others sites read, as they are sent and answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from coi.services.asked import LONGEST_NAME
from coi.services.reading_codes import NAMES

_AT = "2026-11-28T09:00:00.000000Z"


class SwitchedDialect(Schema):
    """Whether a dialect is read from now on, and under which registration or prefix."""

    licence = fields.String(required=True, validate=validate.Length(1, LONGEST_NAME))
    holds = fields.Boolean(required=True)


SWITCHED: Mapping[str, Any] = {"licence": "ICCBBA W9999", "holds": True}


class DialectTurn(Schema):
    """That a site began to read a dialect, or ceased to."""

    dialect = fields.String(required=True, validate=validate.OneOf(NAMES))
    holds = fields.Boolean(required=True)
    licence = fields.String(required=True)
    signed_by = fields.String(required=True)
    at = fields.String(required=True)


class CodeTable(Schema):
    """A table that a site imported; one without codes was erased."""

    name = fields.String(required=True)
    codes = fields.Integer(required=True)
    signed_by = fields.String(required=True)
    at = fields.String(required=True)


class SiteDialects(Schema):
    """What a site reads beside our own codes; `licences` names what is read now."""

    site = fields.String(required=True)
    licences = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    tables = fields.List(fields.Nested(CodeTable), required=True)
    turns = fields.List(fields.Nested(DialectTurn), required=True)


class Dialects(Schema):
    """The sites of which one is a QA reviewer."""

    items = fields.List(fields.Nested(SiteDialects), required=True)


DIALECTS: Mapping[str, Any] = {
    "items": [
        {
            "site": "works",
            "licences": {"isbt128": "ICCBBA W9999"},
            "tables": [{"name": "products", "codes": 12, "signed_by": "Queenie Q", "at": _AT}],
            "turns": [
                {
                    "dialect": "isbt128",
                    "holds": True,
                    "licence": "ICCBBA W9999",
                    "signed_by": "Queenie Q",
                    "at": _AT,
                }
            ],
        }
    ]
}
