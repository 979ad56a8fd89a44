"""A whole number in the body of a request is what JSON Schema calls an integer, and no other."""

import pytest
from marshmallow import Schema, ValidationError, validate

from coi.api.schemas.common import WholeNumber


class Counted(Schema):
    """What holds one."""

    entry = WholeNumber(required=True, validate=validate.Range(0, 9))


@pytest.mark.parametrize("written", [2, 2.0])
def test_a_whole_number_is_read_however_json_writes_it(written):
    """`2.0` is an integer to whoever reads the description."""
    read = Counted().load({"entry": written})["entry"]

    assert (read, type(read)) == (2, int)


@pytest.mark.parametrize("written", [2.5, "2", "2.0", True, None, 10, -1, 1e300, float("nan")])
def test_nothing_else_is_made_one(written):
    """Nothing is cut off, and no text is read as a number."""
    with pytest.raises(ValidationError):
        Counted().load({"entry": written})
