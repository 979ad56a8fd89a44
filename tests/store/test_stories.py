"""What must stay possible is possible, through each door."""

import pytest

from tests.store.stories import STORIES


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_a_legal_story_is_accepted(writer, story):
    """A legal story is told to its end; no constraint stands in its way."""
    story(writer)
