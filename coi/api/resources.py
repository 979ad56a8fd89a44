"""All that is served to programs, below `/api/v1`, in the order in which it is described."""

from coi.api import (
    actions,
    description,
    directory,
    documents,
    errands,
    exceptions,
    labels,
    orders,
    patients,
    people,
    printers,
    record,
    scans,
    sessions,
    therapies,
    versions,
)

RESOURCES = (
    sessions.resources.blueprint,
    therapies.resources.blueprint,
    orders.resources.blueprint,
    scans.resources.blueprint,
    actions.resources.blueprint,
    errands.resources.blueprint,
    exceptions.resources.blueprint,
    labels.resources.blueprint,
    documents.resources.blueprint,
    patients.resources.blueprint,
    versions.resources.blueprint,
    directory.resources.blueprint,
    printers.resources.blueprint,
    people.resources.blueprint,
    record.resources.blueprint,
    description.resources.blueprint,
)
