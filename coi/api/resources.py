"""All that is served to programs, below `/api/v1`, in the order in which it is described."""

from coi.api import actions, description, directory, people, record, sessions, therapies

RESOURCES = (
    sessions.resources.blueprint,
    therapies.resources.blueprint,
    actions.resources.blueprint,
    directory.resources.blueprint,
    people.resources.blueprint,
    record.resources.blueprint,
    description.resources.blueprint,
)
