"""One made-up world for all challenges that are made to fail: none of them takes its step."""

from collections.abc import Iterator

import pytest

from coi.qualification.room import Room, made_up


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """The room in which rules are challenged, with its lot still to be released."""
    with made_up(tmp_path_factory.mktemp("qualify")) as made:
        yield made
