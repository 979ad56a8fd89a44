"""Exported records that somebody has changed, with all hashes made to fit that they can make."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from coi.ledger.canonical import canonical

Files = dict[str, bytes]
Told = dict[str, Any]


def listed_anew(files: Files) -> Files:
    """The same with a list of hashes that fits, as whoever changes a file writes one.

    It is signed by nobody: for that one would need the key.
    """
    kept = {name: files[name] for name in files.keys() - {"MANIFEST.sha256", "MANIFEST.signed"}}
    lines = (f"{sha256(kept[name]).hexdigest()}  {name}\n" for name in sorted(kept))
    return {**kept, "MANIFEST.sha256": "".join(lines).encode()}


def with_record(files: Files, change: Callable[[Told], None]) -> Files:
    """Another record.json, and a list that fits it."""
    record = json.loads(files["record.json"])
    change(record)
    return listed_anew({**files, "record.json": json.dumps(record).encode()})


def with_proof(files: Files, change: Callable[[Told], None]) -> Files:
    """Another proof, and a list that fits it."""
    told = json.loads(files["proofs/proof.json"])
    change(told)
    text = canonical(told) + "\n"
    return listed_anew({**files, "proofs/proof.json": text.encode()})


def chained_anew(files: Files, change: Callable[[list[Told]], None]) -> Files:
    """Another history, with every hash of the chain made anew, and told alike by record.json.

    What was signed of the tree is left out: whoever owns the database can do all of this.
    """
    record = json.loads(files["record.json"])
    contents = [one["content"] for one in record["entries"]]
    change(contents)
    changed, previous = dict(files), "0" * 64
    for seq, content in enumerate(contents):
        place, signed = f"entries/{seq:04}.json", files[f"entries/{seq:04}.signed.json"]
        text = canonical({**content, "previous": previous}).encode()
        changed[place] = text
        previous = sha256(b"\0" + text + b"\n" + signed).hexdigest()
        told = record["entries"][seq]
        told |= {"content": json.loads(text), "hash": previous}
        told["content_hash"] = sha256(text).hexdigest()
    record["head"]["hash"] = previous
    changed["record.json"] = json.dumps(record).encode()

    def forget(told: Told) -> None:
        told |= {"entries": [], "not_covered": len(contents)}

    return with_proof(changed, forget)
