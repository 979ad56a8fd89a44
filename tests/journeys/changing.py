"""A second version of the packaged workflow, installed; and a therapy that moves to it."""

from coi.definitions import packaged
from coi.demo.performer import WORKFLOW
from coi.services.installing import install_definition
from coi.services.migrating import SIGNATURES, Migration, migrate, propose
from coi.services.proofs import Signer

UNIT = "works-production"
_FIRST = packaged()[f"{WORKFLOW}.1"]
_EXPAND = _FIRST[_FIRST.index("  expand:\n") : _FIRST.index("  harvest:\n")]
_RELOCATE = _FIRST[_FIRST.index("  relocate:\n") : _FIRST.index("  # --- manufacture ---")]
_IN_PROCESS = "{title: Viability in process, kind: decimal, unit: '%', low: 0,"
_STRICTER = _EXPAND.replace(_IN_PROCESS, _IN_PROCESS.replace("low: 0", "low: 80")).replace(
    "    signatures:",
    "      shaker:              {title: Shaker, kind: text, on: lot}\n    signatures:",
)
CHANGES = {
    "version: 1\n": "version: 2\n",
    "unit: '%', low: 70}": "unit: '%', low: 92}",  # a result
    _EXPAND: _STRICTER,  # a limit in process, and one field more
    _RELOCATE: "",  # one step less
}


def changed(changes=CHANGES):
    """The text of version 1 with these changes; each of them changes something."""
    text = _FIRST
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


def install(performer, changes=CHANGES):
    """Install a changed version, signed by quality assurance."""
    return install_text(performer, changed(changes))


def install_text(performer, text):
    """Install a version of which nothing else is known than its text."""
    by = performer.proven["queenie"]
    return install_definition(performer.installation, by, text.encode())


def proposal(performer, coi, version=2, by="queenie"):
    """What moving would mean, as it is shown to a person."""
    return propose(performer.installation, performer.proven[by], coi, version)


def asked(performer, coi, version=2, reason="the assay was validated anew", key=""):
    """A request to move, as whoever has just looked would make it."""
    seen = proposal(performer, coi, version).seen
    return Migration(
        coi, version, UNIT, reason, seen, key or f"move-{performer.installation.new_id()}"
    )


def move(performer, request, signers=("queenie", "quentin")):
    """Move the therapy; the first of the signers hands it in."""
    people = [performer.proven[name] for name in signers]
    signed = tuple(Signer(one, rule.meaning) for one, rule in zip(people, SIGNATURES, strict=False))
    return migrate(performer.installation, request, people[0], signed)
