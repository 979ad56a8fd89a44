"""What somebody could change in an exported record, and what its verifier then says.

Where a list of hashes, a chain or a proof could be made to fit by whoever changed it, it is.
"""

import json
from base64 import b64encode

from coi.reports.offline import verify
from tests.coi.services.resealed import chained_anew, listed_anew, with_proof, with_record


def swapped(files):
    """Two entries that changed places."""
    one, other = "entries/0003.json", "entries/0004.json"
    return listed_anew({**files, one: files[other], other: files[one]})


def without(*names):
    """The files without some."""
    return lambda files: listed_anew({n: c for n, c in files.items() if n not in names})


def replaced(name, old, new):
    """Other bytes in a file, and a list that fits them."""

    def change(files):
        assert old in files[name]
        return listed_anew({**files, name: files[name].replace(old, new, 1)})

    return change


def cut_off(files):
    """The last entry is gone, as if it had never been: record and list are made anew."""
    record = json.loads(files["record.json"])
    last = record["entries"].pop()
    record["head"] = {"entry": last["entry"] - 1, "hash": record["entries"][-1]["hash"]}
    changed = {name: text for name, text in files.items() if name not in last["files"]}
    return listed_anew({**changed, "record.json": json.dumps(record).encode()})


def signed_by_nobody(told):
    """The root of another tree, below which the old signature stands."""
    lines = told["checkpoint"].split("\n")
    lines[2] = b64encode(bytes(32)).decode()
    told["checkpoint"] = "\n".join(lines)


def elsewhere(told):
    """The same entry, said to stand one place further on."""
    told["entries"][0]["index"] += 1


def shouted(told):
    """The same hashes, in capitals."""
    told["entries"][0]["proof"] = [one.upper() for one in told["entries"][0]["proof"]]


def half_shouted(told):
    """One of the hashes in capitals."""
    proof = told["entries"][0]["proof"]
    proof[:] = [*proof[:-1], proof[-1].upper()]


def a_text_changed(record):
    """Another name behind a commitment."""
    record["texts"][0]["text"] += "x"


def a_text_cut_short(record):
    """Its first letter was put behind the salt: what is hashed are the same bytes."""
    one = next(one for one in record["texts"] if one["text"][:1].isascii())
    one["salt"] += one["text"][:1].encode().hex()
    one["text"] = one["text"][1:]


def a_text_too_many(record):
    """A text that no entry speaks of."""
    salt, text = "00" * 32, "nobody"
    commitment = verify.hex_of(bytes(32), text.encode())
    record["texts"].append({"salt": salt, "text": text, "commitment": commitment})


def told_anew(number, /, **changes):
    """Something else in one entry, with every hash of the chain made to fit."""
    return lambda files: chained_anew(files, lambda contents: contents[number].update(changes))


CHANGES = {
    "another format": (told_anew(3, format=2), "entries/0003.json is not entry 3"),
    "another chain": (told_anew(3, chain="X"), "entries/0003.json is not entry 3"),
    "another number": (told_anew(3, seq=4), "entries/0003.json is not entry 3"),
    "an entry that is not told": (
        lambda files: with_record(files, lambda told: told["entries"].pop()),
        "record.json tells more entries than there are, or fewer",
    ),
    "a row of an entry less": (
        lambda files: with_record(files, lambda told: told["tables"]["entry"].pop()),
        "record.json tells more entries than there are, or fewer",
    ),
    "an entry less, told and as a row": (
        lambda files: with_record(
            files, lambda told: (told["entries"].pop(), told["tables"]["entry"].pop())
        ),
        "record.json tells more entries than there are, or fewer",
    ),
    "an entry told twice": (
        lambda files: with_record(files, lambda told: told["entries"].append(told["entries"][-1])),
        "record.json tells more entries than there are, or fewer",
    ),
    "of which therapy it is": (
        lambda files: with_record(files, lambda told: told.update(coi="X")),
        "record.json ends otherwise",
    ),
    "a file": (lambda files: {**files, "values.csv": b""}, "values.csv is not the file"),
    "a file less": (
        lambda files: {n: c for n, c in files.items() if n != "moves.csv"},
        "moves.csv is missing",
    ),
    "a file more": (lambda files: {**files, "x.csv": b""}, "x.csv is not listed"),
    "a line listed twice": (
        lambda files: {**files, "MANIFEST.sha256": files["MANIFEST.sha256"] * 2},
        "MANIFEST.sha256 has a line",
    ),
    "what happened": (
        replaced("entries/0002.json", b'"role":"', b'"role":"x'),
        "entries/0003.json does not name the hash",
    ),
    "who signed": (
        replaced("entries/0001.signed.json", b'"meaning":"', b'"meaning":"x'),
        "entries/0002.json does not name the hash",
    ),
    "a signature taken away": (
        lambda files: listed_anew({**files, "entries/0001.signed.json": b"[]"}),
        "entries/0002.json does not name the hash",
    ),
    "a space": (
        replaced("entries/0002.json", b'"role":', b'"role": '),
        "entries/0002.json is not in canonical form",
    ),
    "a letter in two pieces": (
        replaced("entries/0002.json", b'"role":"', '"role":"e\u0301'.encode()),
        "entries/0002.json is not in canonical form",
    ),
    "a fraction": (
        replaced("entries/0002.json", b'"seq":2', b'"seq":2.5'),
        "entries/0002.json is not in canonical form",
    ),
    "no JSON": (
        replaced("entries/0002.json", b"{", b"["),
        "entries/0002.json is not of the form",
    ),
    "order": (swapped, "entries/0003.json is not entry 3"),
    "a hole": (without("entries/0003.json"), "entries/0003.json is missing"),
    "nobody's signature": (
        without("entries/0003.signed.json"),
        "entries/0003.signed.json is missing",
    ),
    "the end": (cut_off, "record.json"),
    "no entries": (
        lambda files: listed_anew({n: c for n, c in files.items() if "entries/" not in n}),
        "entries holds no entry",
    ),
    "the definition": (
        lambda files: listed_anew(
            {n: c + b"#" if n.startswith("workflow/") else c for n, c in files.items()}
        ),
        "record.json has other definitions",
    ),
    "a text": (lambda files: with_record(files, a_text_changed), "tells another text"),
    "a text cut short": (lambda files: with_record(files, a_text_cut_short), "tells another text"),
    "a text more": (lambda files: with_record(files, a_text_too_many), "nobody committed to"),
    "a name below an entry": (
        lambda files: with_record(
            files, lambda told: told["entries"][1]["signatures"][0].update(printed_name="Nobody")
        ),
        "record.json tells other signatures than stand below entries/0001.json",
    ),
    "a meaning below an entry": (
        lambda files: with_record(
            files, lambda told: told["entries"][1]["signatures"][0].update(meaning="read")
        ),
        "record.json tells other signatures than stand below entries/0001.json",
    ),
    "an entry as it is told": (
        lambda files: with_record(
            files, lambda told: told["entries"][2]["content"].update(role="x")
        ),
        "record.json tells something else than entries/0002.json says",
    ),
    "where it stands": (
        lambda files: with_record(
            files, lambda told: told["tables"]["position"][0].update(state="infused")
        ),
        "stands elsewhere than the entries lead to",
    ),
    "who takes part": (
        lambda files: with_record(files, lambda told: told["tables"]["participation"].pop()),
        "record.json names other sites",
    ),
    "a row less": (
        lambda files: with_record(files, lambda told: told["tables"]["value"].pop()),
        "rows of value",
    ),
    "the head": (
        lambda files: with_record(files, lambda told: told["head"].update(hash="0" * 64)),
        "record.json ends otherwise",
    ),
    "a thing said twice": (
        replaced("record.json", b'"format":', b'"coi":"x","format":'),
        "record.json says something twice",
    ),
    "no record": (without("record.json"), "record.json is not of the form"),
    "no proof": (without("proofs/proof.json"), "proofs/proof.json is not of the form"),
    "a hash of the tree": (
        lambda files: with_proof(
            files, lambda told: told["entries"][0]["proof"].__setitem__(0, "00" * 32)
        ),
        "does not lead from entries/0000.json",
    ),
    "a hash of the tree written otherwise": (
        lambda files: with_proof(files, shouted),
        "does not lead from entries/0000.json",
    ),
    "one hash of the tree written otherwise": (
        lambda files: with_proof(files, half_shouted),
        "does not lead from entries/0000.json",
    ),
    "a place in the tree": (
        lambda files: with_proof(files, elsewhere),
        "proofs/proof.json",
    ),
    "whose proof it is": (
        lambda files: with_proof(files, lambda told: told.update(chain="X")),
        "proofs/proof.json is of other entries",
    ),
    "a proof of another format": (
        lambda files: with_proof(files, lambda told: told.update(format=2)),
        "proofs/proof.json is of other entries",
    ),
    "an entry that is not spoken of": (
        lambda files: with_proof(files, lambda told: told["entries"].pop()),
        "proofs/proof.json is of other entries",
    ),
    "more entries than there are": (
        lambda files: with_proof(
            files,
            lambda told: told.update(
                entries=[*told["entries"], told["entries"][0]], not_covered=-1
            ),
        ),
        "proofs/proof.json is of other entries",
    ),
    "the root": (
        lambda files: with_proof(files, signed_by_nobody),
        "does not lead from entries/0000.json",
    ),
    "the keys": (
        lambda files: with_proof(files, lambda told: told["signers"].clear()),
        "none of its keys has signed",
    ),
}
"""What was changed -> how, and what is said of it."""
