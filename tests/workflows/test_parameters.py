"""A guard is given the parameters that it takes: anything else is a rule that nobody keeps."""

import pytest

from tests.workflows.small import KNOWN, edited
from tests.workflows.test_loading import problems_of
from workflows.guards import GUARDS

GIVEN = "{meaning: administered, earlier: [collect, pack]}"


@pytest.mark.parametrize(
    ("instead", "below", "reason"),
    [
        ("{meaning: administered}", "", "signer_took_no_part lacks earlier"),
        ("{meaning: administered, earlier: [collect], later: [pack]}", ".later",
         "signer_took_no_part takes no later"),
        ("{meaning: administered, earlier: collect}", ".earlier", "“collect” is not a list"),
        ("{meaning: administered, earlier: []}", ".earlier", "“()” is not a list"),
        ("{meaning: administered, earlier: [colect]}", ".earlier", "“colect” is no action"),
        ("{meaning: released, earlier: [collect]}", ".meaning",
         "“released” is signed by nobody here"),
    ],
)  # fmt: skip
def test_a_guard_is_given_what_it_takes(instead, below, reason):
    """A parameter that is missing, unknown or unreadable would be a rule that nobody keeps."""
    (problem,) = problems_of(edited(GIVEN, instead), KNOWN)

    place = "actions.infuse.guards[1]" + (below and f".signer_took_no_part{below}")
    assert (problem.place, problem.reason) == (place, reason)
    assert problem.mend
    assert problem.line


def test_a_guard_that_takes_words_is_given_one_of_them():
    """A word that the guard does not know would never be asked for."""
    text = edited("- bag_is_fresh", "- required_results_are_in: {which: most}")
    text = edited("dispensable:\n  bag_is_fresh: [doctor]\n", "", text)

    (problem,) = problems_of(text, GUARDS)

    assert problem.reason == "“most” is not one of the known words"
    assert problem.mend == "Write one of: all, before_release"


def test_a_guard_without_parameters_is_given_none():
    """What it does not read is refused, and not dropped."""
    text = edited("- bag_is_fresh\n", "- bag_is_fresh: {hours: 3}\n")

    (problem,) = problems_of(text, KNOWN)

    assert (problem.reason, problem.mend) == ("bag_is_fresh takes no hours", "It takes: nothing")
