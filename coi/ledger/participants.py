"""Which sites take part in a therapy: what its entries tell, against what they do.

An entry's bytes tell the sites that it brings in. Which unit is of which site stands in other
chains, so it is looked up among the units as they are stored; these are compared on their own.
"""

from collections.abc import Iterator, Mapping

from coi.ledger.replay import Content, State
from coi.ledger.source import Row, Source

PARTICIPATION_COLUMNS = ("chain", "site", "seq")

SiteOf = Mapping[str, str]
"""Unit -> its site."""


def site_of_units(source: Source) -> SiteOf:
    """The site of each unit, as it is stored."""
    return dict(source.rows("unit", ("id", "site"), ("id",)))


def participation_rows(state: State) -> list[Row]:
    """The rows of `participation` after the last entry of a chain."""
    return [(state.chain, site, seq) for site, seq in state.sites.items()]


def faults_of_sites(state: State, content: Content, site_of: SiteOf) -> Iterator[str]:
    """What is wrong with the sites that the entry which was told last brings in, or does not."""
    joined = content.get("sites", ())
    if state.patient is None or ("moves" not in content and not joined):
        return
    hands = set(_hands(state, content))
    for unit in sorted(hands):
        if site_of.get(unit) not in state.sites:
            yield f"names {unit}, whose site takes no part"
    grounds = {site_of.get(unit) for unit in (*hands, *_recorded(content))} if joined else set()
    for site in joined:
        if site not in grounds:
            yield f"brings in {site}, and names no unit of it"


def _recorded(content: Content) -> Iterator[str]:
    """What is recorded in fields: among it the units that an entry names there."""
    for value in content.get("values", ()):
        yield value["content"]


def _hands(state: State, content: Content) -> Iterator[str]:
    """The units that an entry itself brings in: who orders, who comes to hold or to receive."""
    if state.seq == 0:
        yield content["unit"]
    for move in content.get("moves", ()):
        before, after = move["from"], move["to"]
        if move["holder_kind"] == "unit" and after["holder"] != before["holder"]:
            yield after["holder"]
        if after["consignee"] not in ("-", before["consignee"]):
            yield after["consignee"]
