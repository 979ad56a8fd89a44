"""Takes what the small clinic wrote into the tree, and signs checkpoints of it."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from coi.ledger.checkpoint import Checkpoint, signed, verifier_of
from coi.ledger.signers import Signer
from coi.store import tree

ORIGIN = "coi/TEST/clinic"
KEY = Ed25519PrivateKey.from_private_bytes(b"\5" * 32)
SIGNER = Signer(verifier_of(ORIGIN, KEY))
SOME = 13  # entries between two checkpoints; no power of two


def sequence(connection: Connection, key: Ed25519PrivateKey = KEY) -> None:
    """Everything that waits comes into the tree, with a checkpoint after some of it each time."""
    while found := tree.waiting(connection, tree.chains_outside(connection, ""), SOME):
        grown = tree.grow(connection, tree.frontier(connection), found)
        note = signed(Checkpoint(ORIGIN, grown.size, grown.root), ORIGIN, key)
        tree.keep_checkpoint(connection, tree.newest_checkpoint(connection), grown.size, note.text)
