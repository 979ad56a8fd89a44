"""The way of an item, closed to a ring so that no run comes to its end; and what stands for it."""

STATES = (
    "ordered",
    "collected",
    "shipped",
    "received",
    "in_manufacture",
    "formulated",
    "tested",
    "released",
    "shipped_to_site",
    "at_site",
    "infused",
    "closed",
)
NEXT = dict(zip(STATES, (*STATES[1:], STATES[0]), strict=True))
TOKEN = "benchmark"  # noqa: S105 - nobody else reaches this server
PASSWORD = "for the benchmark only"  # noqa: S105 - as above
