"""Checks the exported record of one therapy: with Python 3.9 or newer, and with nothing else.

    python3 -I -S verify.py [FOLDER]         the files beside this one, or those of a folder
        --key KEY                            signed by this key, or cosigned: whole, or 16 digits
        --digest 1204/e20563c19e33678c       below the checkpoint that a sheet of paper prints
        --document FILE                      is this a document that is on record?

It answers with a sentence, and with 0 (it holds), 1 (it does not: the first place is named) or 2
(not checked). Take it from somebody whom you trust: one that came with a file says what that likes.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, NamedTuple

Files = Mapping[str, bytes]
Told = dict[str, Any]  # an object of JSON

MANIFEST, RECORD, PROOF = "MANIFEST.sha256", "record.json", "proofs/proof.json"
SEAL, SEALED = "MANIFEST.signed", b"coi export v1\n"  # behind which the list is what is signed
CLUTTER = {".DS_Store", "Thumbs.db", "desktop.ini"}  # what systems leave in a folder
SALT_LENGTH = KEY_LENGTH = 32
NOBODY, NO_HASH, NOT_COVERED, WITNESS = "-", "0" * 64, -1, 4
SHAPELESS = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)


class Wrong(Exception):
    """Something is not as it was recorded and signed: where, and what."""

    def __init__(self, what: str, place: str = "") -> None:
        super().__init__(f"{place} {what}")
        self.what, self.place = what, place


class NotChecked(Exception):
    """There is nothing that could be checked, or not in the way that was asked for."""


@contextmanager
def looking_at(place: str) -> Iterator[None]:
    """Whatever is wrong, or cannot be read, is told with the place that is looked at."""
    try:
        yield
    except Wrong as fault:
        raise Wrong(fault.what, fault.place or place) from None
    except SHAPELESS:
        raise Wrong("is not of the form that it should have", place) from None


def require(holds: object, what: str, place: str = "") -> None:
    """Go on only where this holds; `what` says what is wrong where it does not."""
    if not holds:
        raise Wrong(what, place)


def hex_of(*parts: bytes) -> str:
    """SHA-256 over the parts, one behind the other."""
    return sha256(b"".join(parts)).hexdigest()


def files_in(folder: Path) -> Files:
    """Every file of a folder by its name, with strokes between the parts of that."""
    found: dict[str, bytes] = {}
    for one in sorted(folder.rglob("*")):
        name = one.relative_to(folder).as_posix()
        require(not one.is_symlink(), "is no file but a link to something else", name)
        if one.is_file() and one.name not in CLUTTER:
            found[name] = one.read_bytes()
    if MANIFEST not in found:
        raise NotChecked(f"There is no exported record in {folder}: {MANIFEST} is missing.")
    return found


def files_are_whole(files: Files) -> None:
    """Each file is the one whose hash is listed; none is missing, and none was added."""
    listed: dict[str, str] = {}
    for line in files[MANIFEST].decode("utf-8", "replace").splitlines(keepends=True):
        found = re.fullmatch("([0-9a-f]{64})  ([^\n]+)\n", line)
        if found is None or found[2] in listed:
            raise Wrong("has a line that lists no file, or one twice", MANIFEST)
        listed[found[2]] = found[1]
    for name, hash_ in listed.items():
        require(name in files, "is missing", name)
        require(hex_of(files[name]) == hash_, "is not the file whose hash is listed", name)
    for name in sorted(files.keys() - listed.keys() - {MANIFEST, SEAL}):
        raise Wrong("is not listed: it is no part of the record", name)


class Entry(NamedTuple):
    """One entry: where it lies, what happened, who signed, and its two hashes."""

    place: str
    content: Told
    signed: list[Told]
    content_hash: str
    hash: str


def canonical(raw: bytes) -> Any:  # noqa: ANN401 - whatever JSON says
    """What a canonical text says; each value has one text, and any other is refused."""
    text = raw.decode("utf-8")
    told = json.loads(text)
    again = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    require(again == text and _is_plain(told), "is not in canonical form")
    return told


def _is_plain(told: object) -> bool:
    """No null, no fraction, no large number, no key outside of ASCII, no text in two spellings."""
    if isinstance(told, dict):
        return all(key.isascii() and _is_plain(one) for key, one in told.items())
    if isinstance(told, list):
        return all(map(_is_plain, told))
    if isinstance(told, str):
        return unicodedata.is_normalized("NFC", told)
    return isinstance(told, int) and abs(told) < 1 << 53


def entry_at(files: Files, name: str) -> Entry:
    """One entry of two files: what happened, and who signed."""
    places, told = (f"{name}.json", f"{name}.signed.json"), list[Any]()
    for place in places:
        with looking_at(place):
            require(place in files, "is missing")
            told.append(canonical(files[place]))
    content, signed = (files[place] for place in places)
    return Entry._make((places[0], *told, hex_of(content), hex_of(b"\0", content, b"\n", signed)))


def entries_follow(files: Files) -> list[Entry]:
    """Each entry names the hash of the one before it, from the first on, without a gap."""
    count = sum(re.fullmatch(r"entries/\d+\.json", name) is not None for name in files)
    require(count, "holds no entry", "entries")
    entries = [entry_at(files, f"entries/{seq:04}") for seq in range(count)]
    for seq, (place, told, *_) in enumerate(entries):
        previous = entries[seq - 1].hash if seq else NO_HASH
        with looking_at(place):
            chain = entries[0].content["therapy"]["coi"]
            is_next = (told["format"], told["chain"], told["seq"]) == (1, chain, seq)
            require(is_next, f"is not entry {seq} of {chain}")
            require(told["previous"] == previous, "does not name the hash of the one before it")
    return entries


def reviews_fit(files: Files, entries: Sequence[Entry]) -> list[Entry]:
    """Each review of the trail names the last of these that was read, and its maker signed it."""
    count = sum(name.startswith("reviews/") for name in files)
    reviews = [entry_at(files, f"reviews/{number:04}") for number in range(1, (count + 3) // 2)]
    for one in reviews:
        with looking_at(one.place):
            until = entries[int(one.content["document"]["entry"])]
            read = {"kind": "trail_review", "about": until.content["chain"], "hash": until.hash}
            is_read = one.content["document"] == {**read, "entry": str(until.content["seq"])}
            is_signed = [by["person"] for by in one.signed] == [one.content["actor"]]
            require(is_read and is_signed, "is no signed review of these entries")
    return reviews


def standing(told: Told) -> tuple[Any, ...]:
    """Where something stands: version, state, holder, consignee, stops, and what it is in."""
    where = ("version", "state", "holder", "consignee", "stops")
    return (*(told[name] for name in where), told.get("inside", NOBODY))


class State:
    """What the entries say is now; each is told behind the one before it, or is wrong."""

    def __init__(self) -> None:
        self.stops, self.patient = 0, NOBODY
        self.workflow: Told = {}
        self.born: dict[str, tuple[str, int]] = {}  # subject -> its machine, and its first entry
        self.stands: dict[str, tuple[Any, ...]] = {}  # subject -> its turn, and where it stands
        self.revisions: dict[tuple[Any, ...], int] = {}  # subject, field, occurrence -> the newest
        self.sites: dict[str, int] = {}  # that take part -> from which entry on

    def tell(self, content: Told) -> None:
        """One entry more."""
        self.stops += {"hold": 1, "lift": -1}.get(content["kind"], 0)
        require(self.stops == content["stops"] >= 0, "counts other stops than there are")
        self._runs_by_its_workflow(content)
        for site in content.get("sites", ()):
            require(site not in self.sites, f"brings in {site} a second time")
            self.sites[site] = content["seq"]
        for subject in content.get("subjects", ()):
            self._is_born(subject, content["seq"])
        for move in content.get("moves", ()):
            self._moves(move, content)
        for link in content.get("links", ()):
            child, parent = self.born[link["child"]][1], self.born[link["parent"]][1]
            require(parent < child == content["seq"], "makes something of what is not older")
        for value in content.get("values", ()):
            self._is_recorded(value)

    def _runs_by_its_workflow(self, content: Told) -> None:
        """A therapy runs by one definition; to a newer version of it an entry says so."""
        if content["seq"] == 0:
            self.patient, self.workflow = content["therapy"]["patient_id"], content["workflow"]
        told, before = content.get("workflow", self.workflow), self.workflow
        if content["kind"] == "migrate":
            left = {"version": str(before["version"]), "hash": before["hash"]}
            is_said = content["document"] == {"kind": "migrate", **left}
            is_newer = told["name"] == before["name"] and told["version"] > before["version"]
            require(is_said and is_newer, "goes on by another definition, or an older one")
        else:
            require(told == before, "was decided by another definition than the one before")
        self.workflow = told

    def _is_born(self, subject: Told, seq: int) -> None:
        name, origin = subject["id"], subject.get("origin")
        is_younger = origin in self.born and self.born[origin][1] < seq
        is_new = name not in self.born and (is_younger or (seq == 0 and origin is None))
        require(is_new, f"bears {name} a second time, or below nothing that is older")
        self.born[name] = subject["machine"], seq

    def _moves(self, move: Told, content: Told) -> None:
        """A move goes from where its subject stands, to whom its word of custody can give it."""
        subject, turn, after = move["subject"], move["turn"], move["to"]
        machine, first = self.born[subject]
        is_it = machine == move["machine"] and (turn > 1 or first == content["seq"])
        require(is_it, f"moves {subject} as something that it is not")
        unborn = (0, after["version"], "", NOBODY, NOBODY, 0, NOBODY)
        is_from_there = (turn - 1, *standing(move["from"])) == self.stands.get(subject, unborn)
        require(is_from_there, f"does not move {subject} from where it stands")
        held = after["holder"] if move["holder_kind"] == "patient" else self.patient
        is_theirs = move.get("patient", self.patient) == held == self.patient
        is_given = is_theirs and custody_follows(move, content["unit"])
        require(is_given, f"gives {subject} to whom “{move['custody']}” cannot give it")
        is_current = after["version"] == self.workflow["version"] and after["stops"] >= 0
        require(is_current, f"puts {subject} into another version, or lifts a stop too many")
        self.stands[subject] = (turn, *standing(after))

    def _is_recorded(self, value: Told) -> None:
        """A value that is corrected stays, and the correction says why."""
        key = (value["subject"], value["field"], value["occurrence"])
        self.revisions[key] = self.revisions.get(key, 0) + 1
        is_next = value["revision"] == self.revisions[key] and value["subject"] in self.born
        is_explained = value["revision"] == 1 or value["reason"] != NOBODY
        require(is_next and is_explained, f"corrects {value['field']} unseen, or without a reason")


def custody_follows(move: Told, unit: str) -> bool:
    """Custody goes as its word says: the table in docs/ledger-format.md, row by row."""
    was, now, kind = move["from"], move["to"], move["holder_kind"]
    before, after, to, given = was["holder"], now["holder"], was["consignee"], now["consignee"]
    is_kept = before == after == unit and kind == "unit"
    stays = before == after and to == given
    words = {
        "none": stays and (to == NOBODY or was["state"] == now["state"]),
        "creates": move["turn"] == 1 and after == unit and given == NOBODY and kind == "unit",
        "keeps": is_kept and to == given == NOBODY,
        "releases": is_kept and to == NOBODY and given not in (NOBODY, unit),
        "accepts": to == after == unit != NOBODY and given == NOBODY and kind == "unit",
        "takes_back": is_kept and to != NOBODY and given == NOBODY,
        "ends": before == unit != NOBODY and to == given == NOBODY and kind in ("gone", "patient"),
        "loses": NOBODY != unit in (before, to) and given == NOBODY and kind == "gone",
    }
    return bool(words.get(move["custody"], False))


_NAMED = ("attestation", "label", "label_turn", "move", "subject", "value", "wristband")
PARTS = {**{name: f"{name}s" for name in _NAMED}, "lineage": "links", "signature": "signed"}
"""Table -> the list of an entry in which its rows stand."""
SIGNED = ("person", "role", "printed_name", "meaning", "signed_at")


def record_says_the_same(files: Files, entries: list[Entry], reviews: list[Entry]) -> Told:
    """What record.json tells is what the entries lead to; returns what it tells."""
    state = State()
    for entry in entries:
        with looking_at(entry.place):
            state.tell(entry.content)
    with looking_at(RECORD):
        record: Told = json.loads(files[RECORD], object_pairs_hook=_each_once)
        _texts_are_those_committed_to(record, files)
        is_each = len(record["entries"]) == len(record["tables"]["entry"]) == len(entries)
        is_each = is_each and len(record["reviews"]) == len(reviews)
        require(is_each, "tells more entries than there are, or fewer")
        _entries_are_told(record, [*entries, *reviews])
        _state_is_told(record, state, entries[-1])
        for table, name in PARTS.items():
            count = sum(len({**one.content, "signed": one.signed}.get(name, ())) for one in entries)
            require(len(record["tables"][table]) == count, f"has not {count} rows of {table}")
        there = {one["hash"]: hex_of(files[one["file"]]) for one in record["workflow"]}
        named = {one.content["workflow"]["hash"] for one in entries if "workflow" in one.content}
        require(there == {one: one for one in named}, "has other definitions than it ran by")
        return record


def _each_once(members: list[tuple[str, Any]]) -> Told:
    require(len(dict(members)) == len(members), "says something twice")
    return dict(members)


def _texts_are_those_committed_to(record: Told, files: Files) -> None:
    entries = b"".join(files[name] for name in files if re.match("(entries|reviews)/", name))
    named = {*re.findall('"([0-9a-f]{64})"', entries.decode())}
    for one in [*record["texts"], *record.get("pictures", ())]:
        salt, commitment = bytes.fromhex(one["salt"]), one["commitment"]
        text = b64encode(files[one["file"]]) if "file" in one else one["text"].encode()
        is_it = len(salt) == SALT_LENGTH and hex_of(salt, text) == commitment
        require(is_it, f"tells another text than was committed to by {commitment}")
        require(commitment in named, f"tells a text that nobody committed to: {commitment}")


def _entries_are_told(record: Told, entries: Sequence[Entry]) -> None:
    """Each entry, and below it who signed, by the names that were committed to."""
    texts = {one["commitment"]: one["text"] for one in record["texts"]}
    for told, one in zip(record["entries"] + record["reviews"], entries):
        same = {name: one.content[name] for name in ("kind", "recorded_at", "happened_at")}
        same |= {"entry": one.content["seq"], "content": one.content, "hash": one.hash}
        is_it = told == {**told, **same, "content_hash": one.content_hash}
        require(is_it, f"tells something else than {one.place} says")
        names = [texts.get(by["printed_name"], "(erased)") for by in one.signed]
        signed = [{**by, "printed_name": name} for by, name in zip(one.signed, names)]
        shown = [{name: by[name] for name in SIGNED} for by in told["signatures"]]
        require(shown == signed, f"tells other signatures than stand below {one.place}")


def _state_is_told(record: Told, state: State, last: Entry) -> None:
    """Where everything stands now, who takes part, and how the chain ends."""
    told = {one["subject"]: (one["turn"], *standing(one)) for one in record["tables"]["position"]}
    for subject in sorted(told.keys() | state.stands.keys()):
        is_there = told.get(subject) == state.stands.get(subject)
        require(is_there, f"says that {subject} stands elsewhere than the entries lead to")
    sites = {one["site"]: one["seq"] for one in record["tables"]["participation"]}
    require(sites == state.sites, "names other sites than take part")
    head = {"entry": last.content["seq"], "hash": last.hash}
    require((record["coi"], record["head"]) == (last.content["chain"], head), "ends otherwise")


P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int]  # X, Y and Z of RFC 8032, 5.1.4


def _point(raw: bytes) -> Point:
    """RFC 8032, 5.1.3; raises ValueError for bytes that are no point, or one written otherwise."""
    y = int.from_bytes(raw, "little") & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    if len(raw) != KEY_LENGTH or y >= P or x * x % P != square or (x == 0 and raw[31] >> 7):
        raise ValueError("no point")
    return (x if x & 1 == raw[31] >> 7 else P - x), y, 1


def _plus(one: Point, other: Point) -> Point:
    """The sum of two points of the curve, as its equation gives it."""
    (x1, y1, z1), (x2, y2, z2) = one, other
    a, c, d = z1 * z2 % P, x1 * x2 % P, y1 * y2 % P
    b, e = a * a % P, D * c * d % P
    x = a * (b - e) * ((x1 + y1) * (x2 + y2) - c - d) % P
    return x, a * (b + e) * (d + c) % P, (b - e) * (b + e) % P


def _times(factor: int, point: Point) -> Point:
    even = _times(factor >> 1, _plus(point, point)) if factor else (0, 1, 1)
    return _plus(even, point) if factor & 1 else even


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(KEY_LENGTH, "little"))


def has_signed(key: bytes, text: bytes, signature: bytes) -> bool:
    """Tell whether a key of Ed25519 has signed a text (RFC 8032, 5.1.7)."""
    try:
        at, public = _point(signature[:KEY_LENGTH]), _point(key)
    except ValueError:
        return False
    s = int.from_bytes(signature[KEY_LENGTH:], "little")
    k = int.from_bytes(sha512(signature[:KEY_LENGTH] + key + text).digest(), "little") % L
    (x1, y1, z1), (x2, y2, z2) = _times(s % L, BASE), _plus(at, _times(k, public))
    is_same = (x1 * z2 - x2 * z1) % P == 0 == (y1 * z2 - y2 * z1) % P
    return is_same and s < L and len(signature) == 2 * KEY_LENGTH


def root_over(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root to which a proof leads from a leaf (RFC 9162, 2.1.1); raises ValueError if none."""
    if not 0 <= index < size < 1 << 63 or (size == 1) != (not proof):
        raise ValueError("no proof of a leaf")
    if size == 1:
        return leaf
    middle = 1 << ((size - 1).bit_length() - 1)
    *below, beside = proof
    if index < middle:
        return sha256(b"\1" + root_over(leaf, index, middle, below) + beside).digest()
    return sha256(b"\1" + beside + root_over(leaf, index - middle, size - middle, below)).digest()


def base64(text: str) -> bytes:
    """What is written in the one way in which it can be; raises ValueError for anything else."""
    raw = b64decode(text, validate=True)
    if b64encode(raw).decode() != text:
        raise ValueError("no base64")
    return raw


class Key(NamedTuple):
    """A key as C2SP's signed notes name it: of a signer (sort 1), or of a witness (sort 4)."""

    name: str
    sort: int
    key: bytes

    @property
    def fingerprint(self) -> str:
        """The first eight digits of it are what papers and notes call the key by."""
        return hex_of(self.name.encode(), b"\n", bytes([self.sort]), self.key)


def key_of(text: str) -> Key:
    """A key as it is exchanged: name, id and bytes; raises ValueError for what is none."""
    name, id_, raw = text.strip().split("+", 2)
    sort, *rest = base64(raw)
    key = Key(name, sort, bytes(rest))
    if key.fingerprint[:8] != id_ or len(rest) != KEY_LENGTH or sort not in (1, 4):
        raise ValueError("no key")
    return key


class Note(NamedTuple):
    """A checkpoint: what was signed, whose tree it is of, how large, its root, and who signed."""

    text: bytes
    origin: str
    size: int
    root: bytes
    signatures: list[tuple[str, bytes]]

    def is_signed_by(self, key: Key) -> bool:
        """Tell whether this key has signed it; or cosigned, which says when."""
        for name, raw in self.signatures:
            if name == key.name and raw[:4].hex() == key.fingerprint[:8]:
                if key.sort == 1:
                    return has_signed(key.key, self.text, raw[4:])
                seen = b"cosignature/v1\ntime %d\n" % int.from_bytes(raw[4:12], "big")
                return has_signed(key.key, seen + self.text, raw[12:])
        return False


def note_of(text: str) -> Note:
    """Read a checkpoint, as C2SP's tlog-checkpoint has it; raises ValueError for what is none."""
    body, below = text.split("\n\n")
    origin, size, root = body.split("\n")
    *lines, end = below.split("\n")
    found = [re.fullmatch("\u2014 ([!-*,-~]+) ([A-Za-z0-9+/]+=*)", line) for line in lines]
    if end or not all(found) or not re.fullmatch("[1-9][0-9]{0,17}", size):
        raise ValueError("no checkpoint")
    signatures = [(one[1], base64(one[2])) for one in found if one]
    return Note(f"{body}\n".encode(), origin, int(size), base64(root), signatures)


class Proven(NamedTuple):
    """How many entries and reviews stand below a checkpoint, and the keys that speak for that."""

    covered: int = 0
    reviews: int = 0
    note: Note | None = None
    key: str = "-"
    trusted: frozenset[str] = frozenset()
    speaking: frozenset[str] = frozenset()  # the key that signed, and those that lead to it


def tree_holds(files: Files, entries: Sequence[Entry], reviews: Sequence[Entry]) -> Proven:
    """Each entry and review that is proven stands in the tree, and that is what was signed."""
    with looking_at(PROOF):
        told = canonical(files[PROOF].removesuffix(b"\n"))
        is_each = len(told["entries"]) + told["not_covered"] == len(entries)
        is_its = (told["format"], told["chain"]) == (1, entries[0].content["chain"])
        is_its = is_its and [one["hash"] for one in told["beside"]] == [one.hash for one in reviews]
        require(is_each and is_its and told["not_covered"] >= 0, "is of other entries")
        if not told["entries"]:
            return Proven()
        note = note_of(told["checkpoint"])
        beside = [pair for pair in zip(told["beside"], reviews) if pair[0]["index"] != NOT_COVERED]
        for at, one in [*zip(told["entries"], entries), *beside]:
            proof = [bytes.fromhex(hash_) for hash_ in at["proof"]]
            root = root_over(bytes.fromhex(one.hash), at["index"], note.size, proof)
            is_it = (at["seq"], at["hash"], root) == (one.content["seq"], one.hash, note.root)
            is_it = is_it and all(re.fullmatch("[0-9a-f]{64}", hash_) for hash_ in at["proof"])
            require(is_it, f"does not lead from {one.place} to what was signed")
        key, speaking = key_that_signed(told["signers"], note)
        witnesses = [one for one in map(key_of, told["witnesses"]) if one.sort == WITNESS]
        trusted = speaking | {one.fingerprint for one in filter(note.is_signed_by, witnesses)}
        if SEAL in files:
            is_its = has_signed(key.key, SEALED + files[MANIFEST], base64(files[SEAL].decode()))
            require(is_its, "is of another list of files, or by another key", SEAL)
        return Proven(len(told["entries"]), len(beside), note, key.fingerprint, trusted, speaking)


def key_that_signed(signers: Sequence[Told], note: Note) -> tuple[Key, frozenset[str]]:
    """The key that signs trees of this size, and those that speak for it, by signing the next."""
    speaking, before = set[str](), Told()
    for one in signers:
        key, old = key_of(one["key"]), key_of((before or one)["key"])
        if before and one["by"] == "old_key":
            both = f"coi checkpoint key\n{before['key']}\n{one['key']}\n".encode()
            is_vouched = has_signed(old.key, both, base64(one["vouched"]))
            require(is_vouched, "names a key that the one before it has not signed")
        elif one["by"] != "restore" or old.key != key.key:
            speaking.clear()
        speaking.add(key.fingerprint)
        is_in_force = one["after"] < note.size <= one.get("until", note.size)
        if is_in_force and key.name == note.origin and note.is_signed_by(key):
            return key, frozenset(speaking)
        before = one
    raise Wrong("has a checkpoint that none of its keys has signed")


def fingerprint_of(text: str) -> str:
    """The key that somebody trusts, by all of its fingerprint or the first digits of it."""
    wanted = key_of(text).fingerprint if "+" in text else text.replace(" ", "").lower()
    if not re.fullmatch("[0-9a-f]{16,64}", wanted):
        raise argparse.ArgumentTypeError("give the key as it is exchanged, or 16 digits of it")
    return wanted


def digest_of(text: str) -> tuple[int, str]:
    """How many entries a sheet of paper names, and how the root of their tree begins."""
    found = re.fullmatch("([0-9]{1,18})/([0-9a-f]{16,64})", "".join(text.split()).lower())
    if found is None:
        raise argparse.ArgumentTypeError("give a number, a stroke, and at least 16 digits")
    return int(found[1]), found[2]


def document_on_record(files: Files, record: Told, document: Path) -> str:
    """Which document it is that somebody has in hand."""
    hash_ = hex_of(document.read_bytes())
    told = {hex_of(content): f"{name} of this record" for name, content in files.items()}
    for one in record["documents"]:
        told.setdefault(one["sha256"], f"{one['kind']} of {one['about']}, copy {one['copy']}")
    require(hash_ in told, "is no document that was on record by then, or changed", document.name)
    return f"{document.name} is {told[hash_]}."


def answer_to(asked: argparse.Namespace) -> Iterator[str]:
    """What can be said of a record that holds, sentence by sentence."""
    files = files_in(asked.folder)
    files_are_whole(files)
    entries = entries_follow(files)
    reviews = reviews_fit(files, entries)
    record = record_says_the_same(files, entries, reviews)
    proven = tree_holds(files, entries, reviews)
    signed = sum(len(one.signed) for one in entries)
    yield f"HOLDS: the record of {record['coi']} with {len(files)} files, {len(entries)} entries,"
    yield f"{signed} signatures, and {len(record['texts'])} texts as they were committed to."
    until = f", up to entry {reviews[-1].content['document']['entry']}" if reviews else ""
    yield f"Its trail was reviewed {len(reviews)} times{until}."
    if proven.note is None:
        yield "No checkpoint covers it: that it was not written anew, only a later copy can show."
    else:
        yield f"{proven.covered} of these entries and {proven.reviews} of the reviews stand in the"
        yield f"tree of {proven.note.size} signed by the key {proven.key}. The list of its files"
        yield f"is signed by {'that key too' if SEAL in files else 'nobody: no paper is proven'}."
        if not asked.key:
            yield "Whose key that is no file can say: ask elsewhere, and give it with --key."
    for key in asked.key:
        is_trusted = any(one.startswith(key) for one in proven.trusted)
        require(is_trusted, f"has no checkpoint that the key {key[:16]} speaks for", PROOF)
    is_sealed = any(one.startswith(key) for key in asked.key for one in proven.speaking)
    for size, root in asked.digest:
        if proven.note is None or proven.note.size != size:
            raise NotChecked("The paper is of another checkpoint: ask for `coi verify --digest`.")
        require(proven.note.root.hex().startswith(root), "is of another tree than the paper", PROOF)
    if asked.document and not (is_sealed and SEAL in files):
        raise NotChecked("No key that you gave has signed the list of its files: give it.")
    yield from (document_on_record(files, record, one) for one in asked.document)


def main(arguments: Sequence[str]) -> int:
    """Check what was asked for, say how it is, and return 0, 1 or 2."""
    parser = argparse.ArgumentParser(description="Checks the exported record of one therapy.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    for name, of in (("--key", fingerprint_of), ("--digest", digest_of), ("--document", Path)):
        parser.add_argument(name, action="append", default=[], type=of)
    try:
        said, status = " ".join(answer_to(parser.parse_args(arguments))), 0
    except Wrong as fault:
        said, status = f"DOES NOT HOLD: {fault.place} {fault.what}.", 1
    except (NotChecked, OSError) as why:
        said, status = f"NOT CHECKED: {why}", 2
    except Exception as error:  # noqa: BLE001 - what no part of this can read is no record
        said, status = f"DOES NOT HOLD: it cannot be read ({type(error).__name__}).", 1
    said = "".join(one if one.isprintable() else "?" for one in said)
    sys.stdout.write(said.encode("ascii", "backslashreplace").decode() + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
