"""What somebody without an account says of a handoff: a statement, and never a signature."""

TAKE_STATEMENT = "take_statement"
TITLES = {TAKE_STATEMENT: "Statement of who carried it, without an account; no signature"}
NAMES = {
    "name": "Name",
    "company": "Company",
    "time": "Time, as the driver says it",
    "vehicle": "Vehicle",
    "papers": "Number of the papers",
}
"""What a statement says, and what it is called where it is shown."""

HANDOFFS = frozenset({"releases", "accepts", "takes_back"})
"""What custody does in an entry to which a statement can belong."""
