"""What the verifier of an export asks, piece by piece: the chain, keys and signatures."""

import json
import os
from base64 import b64encode
from copy import deepcopy
from hashlib import sha256
from itertools import product
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from coi.ledger.checkpoint import Checkpoint, signed, verifier_of
from coi.ledger.replay import _CUSTODY, State, advance
from coi.reports.offline import verify
from coi.services.checkpoint_keys import statement_of
from tests.ledger.test_replay import FORGED, HELD, NEWER, TAKEN, UNBORN, a_migration, a_story
from workflows.facts import Position

NOT_ASKED = {
    *("another format", "entry 2", "again", "does not replace its newest", "L1 is not void"),
    *("was not issued before", "where the label L1 stands", "no issued one becomes"),
    *("by a label that is void", "another patient", "labels COI/9.9, which is not born"),
}
"""What it leaves to the product, such as the lives of labels, or asks before it tells a chain."""

NAME = "coi/TEST/aa"
L = verify.L


def told(story):
    """The state after the last entry."""
    state = verify.State()
    for chapter in story:
        with verify.looking_at("an entry"):
            state.tell(chapter)
    return state


# -- a chain told again ----------------------------------------------------------------------------


def test_a_story_leads_to_its_state():
    """To the one that the product comes to, from the same entries (DI-11)."""
    state = told([*a_story(), a_migration(6)])

    assert state.stands["COI/1.1"] == (4, 1, "held", "PAT", "-", 0, "-")
    assert state.stands["COI"] == (2, 2, "ordered", "-", "-", 0, "-")
    assert state.sites == {"north": 0, "assay": 3}
    assert state.workflow == NEWER


@pytest.mark.parametrize("forge", [forge for why, forge in FORGED if why not in NOT_ASKED])
def test_an_impossible_story_is_refused(forge):
    """What hashes well and tells what cannot have been is found without the product too."""
    story = deepcopy(a_story())
    forge(story)

    with pytest.raises(verify.Wrong):
        told(story)


@pytest.mark.parametrize(
    "changes",
    [
        {"document": {"kind": "migrate", "version": "2", "hash": "h"}},
        {"document": {"kind": "migrate", "version": "1", "hash": "other"}},
        {"workflow": {"name": "bags", "version": 1, "hash": "h"}},
        {"workflow": {"name": "cars", "version": 2, "hash": "h2"}},
    ],
)
def test_a_migration_says_what_it_leaves_and_goes_on_to_something_newer(changes):
    """Or nothing is told."""
    with pytest.raises(verify.Wrong, match="another definition, or an older one"):
        told([*a_story(), a_migration(6) | changes])


def test_nothing_moves_from_elsewhere_or_into_another_version():
    """A move starts where the one before it ended, and ends in the version of its entry."""
    for side, changed, said in (
        ("from", {"state": "held"}, "from where it stands"),
        ("to", {"version": 2}, "into another version"),
    ):
        story = a_story()
        story[4]["moves"][0][side] = story[4]["moves"][0][side] | changed

        with pytest.raises(verify.Wrong, match=said):
            told(story)


def refused_at(tell, story):
    """The number of the first entry that is refused; None where none is."""
    for number, chapter in enumerate(story):
        try:
            tell(chapter)
        except Exception:  # noqa: BLE001 - each of the two has refusals of its own
            return number
    return None


def also(at, **changes):
    """The story with something else in one of its entries."""
    story = deepcopy(a_story())
    story[at] |= changes
    return story


def moved(at, **changes):
    """The story with something else in the move of one of its entries."""
    story = deepcopy(a_story())
    story[at]["moves"][0] |= changes
    return story


def born_late(turn):
    """A bag that was born in one entry and is first moved in the next one."""
    story = deepcopy(a_story())
    first = story[1].pop("moves")
    story[2]["moves"] = [first[0] | {"turn": turn}]
    return story


A_BAG = {"id": "COI/1.1", "machine": "bag", "origin": "COI"}
ANOTHER = {"id": "COI/2.1", "machine": "bag", "origin": "COI"}
A_WEIGHT = {"subject": "COI", "field": "height", "occurrence": 1, "content": "1", "reason": "-"}
OF_ANOTHER = {"patient": "OTHER", "to": TAKEN | {"holder": "OTHER"}}
MADE_OF = {"child": "COI/1.1", "parent": "COI", "relation": "made_of"}
STRANGE = {
    "a bag that is the first": also(
        0, subjects=[{"id": "COI", "machine": "therapy"}, A_BAG, {**A_BAG, "origin": "X"}]
    ),
    "a first subject below something": also(
        0, subjects=[{"id": "COI", "machine": "therapy", "origin": "COI"}]
    ),
    "a second one below nothing": also(3, subjects=[{**ANOTHER, "origin": None}]),
    "a link made later": also(2, links=[MADE_OF]),
    "a link upside down": also(1, links=[{**MADE_OF, "child": "COI", "parent": "COI/1.1"}]),
    "a birth whose move comes later": born_late(1),
    "a birth that is no first move": born_late(2),
    "a birth that is moved twice": moved(1, turn=2),
    "another patient's hand, all of it": moved(5, **OF_ANOTHER),
    "another patient's name alone": moved(5, patient="OTHER"),
    "another patient's hand alone": moved(5, to=TAKEN | {"holder": "OTHER"}),
    "a stop less than none": moved(1, to=HELD | {"stops": -1}),
    "a stop": moved(5, to=TAKEN | {"holder": "PAT", "stops": 1}),
    "another version": moved(5, to=TAKEN | {"holder": "PAT", "version": 2}),
    "a birth into another version": moved(1, to=HELD | {"version": 2}),
    "a birth out of another version": moved(1, **{"from": UNBORN | {"version": 2}}),
    "a birth out of a hand": moved(1, **{"from": UNBORN | {"holder": "WARD"}}),
    "a birth on its way": moved(1, **{"from": UNBORN | {"consignee": "LAB"}}),
    "a stopped birth": moved(1, **{"from": UNBORN | {"stops": 1}}),
    "another machine": moved(3, machine="therapy"),
    "a first value that is a second": also(3, values=[{**A_WEIGHT, "revision": 2, "reason": "r"}]),
    "a first value that is none": also(3, values=[{**A_WEIGHT, "revision": 0, "reason": "r"}]),
    "a first value": also(3, values=[{**A_WEIGHT, "revision": 1}]),
    "a value of nothing": also(3, values=[{**A_WEIGHT, "subject": "X", "revision": 1}]),
    "a hold and its end": [
        *a_story()[:2],
        a_story()[2] | {"kind": "hold", "stops": 1},
        a_story()[3] | {"kind": "lift", "stops": 0},
    ],
    "a hold that stops nothing": also(5, kind="hold"),
    "an end of no hold": also(5, kind="lift", stops=-1),
    "a hold that stops twice": also(5, kind="hold", stops=2),
    "a site twice": also(5, sites=["assay"]),
    "a newer definition that nobody moved to": also(5, workflow=NEWER),
    "a move to the same definition": [
        *a_story(),
        a_migration(6) | {"workflow": a_story()[0]["workflow"]},
    ],
    "a newer definition": [*a_story(), a_migration(6)],
}
"""Stories of which some can be, and others cannot."""


@pytest.mark.parametrize("story", STRANGE.values(), ids=STRANGE)
def test_a_story_is_refused_at_the_entry_at_which_the_product_refuses_it(story):
    """And told to its end where that tells it: two that read the same bytes agree (DI-11)."""
    state = State("COI")

    expected = refused_at(lambda chapter: advance(state, chapter), story)

    assert refused_at(verify.State().tell, story) == expected


@pytest.mark.parametrize("forge", [forge for why, forge in FORGED if why not in NOT_ASKED])
def test_an_impossible_story_is_refused_where_it_becomes_impossible(forge):
    """Not only by what follows on it: it may be the last entry that there is."""
    story = deepcopy(a_story())
    forge(story)
    state = State("COI")

    expected = refused_at(lambda chapter: advance(state, chapter), story)

    assert refused_at(verify.State().tell, story) == expected


WORDS = ("none", "creates", "keeps", "releases", "accepts", "takes_back", "ends", "loses", "other")
HANDS = ("-", "WARD", "LAB")


@pytest.mark.parametrize("word", WORDS)
def test_custody_goes_as_the_product_lets_it_go(word):
    """From whom to whom it may be, by whichever unit: of each case both say the same (DI-11)."""
    allowed = _CUSTODY.get(word, lambda *_: False)
    differing = []
    for before, to, after, given, unit in product(HANDS, repeat=5):
        for kind, turn, state in product(("unit", "gone", "patient"), (1, 2), ("held", "sent")):
            was = Position(turn - 1, 1, "held", before, to, 0)
            now = Position(turn, 1, state, after, given, 0)
            told = {
                "custody": word,
                "turn": turn,
                "holder_kind": kind,
                "from": {"state": "held", "holder": before, "consignee": to},
                "to": {"state": state, "holder": after, "consignee": given},
            }
            if verify.custody_follows(told, unit) is not bool(allowed(was, now, unit, kind)):
                differing.append((told, unit))

    assert differing == []


# -- what a text can say ---------------------------------------------------------------------------

LARGEST = 2**53 - 1
PLAIN = ["{}", "[]", '""', '{"a":[1,{"b":"c"}]}', str(LARGEST), str(-LARGEST), '["\u00e9"]', "0"]
NOT_PLAIN = [
    *("null", "[null]", "[1,null]", "[null,1]", '{"a":null}', '{"a":1,"b":null}'),
    *('{"a":null,"b":1}', "1.5", '{"a":[1.5]}', str(LARGEST + 1), str(-LARGEST - 1)),
    *('{"\u00e9":1}', '{"a":1,"\u00e9":1}', '["e\u0301"]', '["a","e\u0301"]', "1e3"),
]


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_text_is_read(text):
    """Objects, lists, texts and whole numbers, within each other."""
    told = json.loads(text)
    raw = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()

    assert verify.canonical(raw) == told


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_what_could_be_written_in_two_ways_is_refused(text):
    """Wherever in the text it stands, and whatever stands beside it."""
    raw = json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode()

    with pytest.raises(verify.Wrong, match="not in canonical form"):
        verify.canonical(raw)


@pytest.mark.parametrize(
    "raw", [b'{"b":1,"a":2}', b"[1, 2]", rb'["\u00e9"]', b"01", b'{"a":1,"a":1}']
)
def test_the_same_said_otherwise_is_refused(raw):
    """Each value has one text: keys in order, no blanks, nothing escaped, nothing twice."""
    with pytest.raises(verify.Wrong), verify.looking_at("an entry"):
        verify.canonical(raw)


def test_the_place_that_is_named_is_the_innermost():
    """Where it was seen, or what is looked at where nobody said."""
    for named, told in (("a file", "a file"), ("", "the record")):
        with pytest.raises(verify.Wrong) as found, verify.looking_at("the record"):
            verify.require(False, "is wrong", named)  # noqa: FBT003
        assert (found.value.place, found.value.what) == (told, "is wrong")
        assert str(found.value) == f"{told} is wrong"


# -- signatures ------------------------------------------------------------------------------------

RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac",
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
"""Section 7.1 of RFC 8032: key, message, and the two halves of the signature."""


@pytest.mark.parametrize(("key", "text", "at", "scalar"), RFC_8032)
def test_signatures_are_judged_as_the_standard_has_it(key, text, at, scalar):
    """Its own examples hold, and none of them with a bit changed."""
    key, text, signature = map(bytes.fromhex, (key, text, at + scalar))

    assert verify.has_signed(key, text, signature)
    for place in range(0, len(signature), 7):
        changed = bytearray(signature)
        changed[place] ^= 1
        assert not verify.has_signed(key, text, bytes(changed))
    assert not verify.has_signed(key, text + b"x", signature)


def test_signatures_are_judged_as_another_library_does():
    """Of keys and texts that nobody chose; and none counts that is written in a second way."""
    for size in range(12):
        key, text = Ed25519PrivateKey.generate(), os.urandom(size)
        public, signature = key.public_key().public_bytes_raw(), key.sign(text)
        assert verify.has_signed(public, text, signature)
        larger = int.from_bytes(signature[32:], "little") + L
        again = signature[:32] + larger.to_bytes(32, "little")
        for wrong in (again, signature[:-1], signature + b"\0", b"", bytes(64), b"\xff" * 64):
            assert not verify.has_signed(public, text, wrong)
        for no_key in (public[:-1], b"\xff" * 32, b""):
            assert not verify.has_signed(no_key, text, signature)


def test_a_point_that_is_written_in_a_second_way_is_no_key():
    """Under the neutral one everybody signs everything: it has one spelling, and not another."""
    everybodys = verify.BASE[1].to_bytes(32, "little") + (1).to_bytes(32, "little")

    assert verify.has_signed((1).to_bytes(32, "little"), b"anything", everybodys)
    for again in (verify.P + 1, 1 + (1 << 255)):
        assert not verify.has_signed(again.to_bytes(32, "little"), b"anything", everybodys)


@pytest.mark.parametrize("text", ["QR==", "QQ=", "QQ", "Q Q==", "QQ==\n"])
def test_what_is_written_in_a_second_way_is_no_base64(text):
    """Each key, root and signature has one text: no other is taken for the same."""
    assert verify.base64("QQ==") == b"A"
    with pytest.raises(ValueError, match=r"."):
        verify.base64(text)


# -- keys that take each other's place -------------------------------------------------------------

OLD, NEW, STRANGER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))


def named(key, after, by="first", **more):
    """A key as a proof tells it."""
    return {"key": verifier_of(NAME, key).text, "after": after, "by": by, **more}


def vouched(by, key):
    """What a key has signed of the one that takes its place."""
    old, new = verifier_of(NAME, OLD), verifier_of(NAME, key)
    return b64encode(by.sign(statement_of(old, new))).decode()


def note(size, key, name=NAME):
    """A checkpoint of so many entries, signed by a key."""
    return verify.note_of(signed(Checkpoint(name, size, bytes(32)), name, key).text)


def fingerprint(key, name=NAME):
    """By which somebody names a key."""
    return verify.key_of(verifier_of(name, key).text).fingerprint


REPLACED = [named(OLD, 0, until=9), named(NEW, 9, "old_key", vouched=vouched(OLD, NEW))]


def test_who_trusts_the_old_key_trusts_the_one_that_it_vouched_for():
    """From the key that somebody knows a signature leads to the one that signs now (TL-25)."""
    _, speaking = verify.key_that_signed(REPLACED, note(12, NEW))

    assert speaking == {fingerprint(OLD), fingerprint(NEW)}
    assert verify.key_that_signed(REPLACED, note(9, OLD))[1] == {fingerprint(OLD)}


@pytest.mark.parametrize(("size", "key"), [(12, OLD), (9, NEW), (12, STRANGER)])
def test_a_key_that_is_not_in_force_signs_nothing(size, key):
    """What was replaced signs no larger tree, and what is new no older one."""
    with pytest.raises(verify.Wrong, match="none of its keys has signed"):
        verify.key_that_signed(REPLACED, note(size, key))


def test_a_key_that_another_vouched_for_is_none():
    """Only the one whose place it takes can."""
    forged = [REPLACED[0], named(NEW, 9, "old_key", vouched=vouched(STRANGER, NEW))]

    with pytest.raises(verify.Wrong, match="the one before it has not signed"):
        verify.key_that_signed(forged, note(12, NEW))


def test_from_a_key_that_was_lost_nothing_leads_on():
    """Two people signed for the new one, in a record that is not here: it is to be known itself."""
    lost = [named(OLD, 0, until=9), named(NEW, 9, "two_people")]

    assert verify.key_that_signed(lost, note(12, NEW))[1] == {fingerprint(NEW)}


def test_a_record_that_was_put_back_goes_on_with_the_same_key():
    """Under another name; and with no other key."""
    name = f"{NAME}/20260101T000000Z"
    back = {"key": verifier_of(name, OLD).text, "after": 7, "by": "restore"}
    forged = back | {"key": verifier_of(name, STRANGER).text}
    before = named(OLD, 0, until=7)

    _, speaking = verify.key_that_signed([before, back], note(8, OLD, name))
    assert speaking == {fingerprint(OLD), fingerprint(OLD, name)}
    _, speaking = verify.key_that_signed([before, forged], note(8, STRANGER, name))
    assert speaking == {fingerprint(STRANGER, name)}


def test_a_first_key_leads_back_to_none():
    """Whatever it says of how it came to sign: nothing stands before it."""
    alone = [named(NEW, 0, "old_key", vouched=vouched(OLD, NEW))]

    assert verify.key_that_signed(alone, note(12, NEW))[1] == {fingerprint(NEW)}


def test_a_key_that_two_people_named_is_to_be_known_by_its_new_name():
    """Also where its bytes are the old one's: only a record that was put back goes on by these."""
    name = f"{NAME}/x"
    again = {"key": verifier_of(name, OLD).text, "after": 9, "by": "two_people"}

    _, speaking = verify.key_that_signed([named(OLD, 0, until=9), again], note(12, OLD, name))

    assert speaking == {fingerprint(OLD, name)}


def test_a_checkpoint_of_another_tree_is_not_the_record_s():
    """The same key has signed it, below the name of another log."""
    strange = verify.note_of(signed(Checkpoint(f"{NAME}/x", 5, bytes(32)), NAME, OLD).text)

    with pytest.raises(verify.Wrong, match="none of its keys has signed"):
        verify.key_that_signed([named(OLD, 0)], strange)


def test_what_a_key_is_called_by_begins_with_its_id():
    """The eight digits that papers print are the first of the fingerprint."""
    text = verifier_of(NAME, OLD).text

    assert text.split("+")[1] == verify.key_of(text).fingerprint[:8]
    for wrong in (text[:-4], text.replace("aa", "ab"), f"{NAME}+00000000+AA==", "a", "a+b+c"):
        with pytest.raises(ValueError, match=r".*"):
            verify.key_of(wrong)


# -- whatever is brought along ---------------------------------------------------------------------


def test_no_bytes_make_it_stumble():
    """Each text is read, or is of no form that there is: nothing else is raised."""
    draw = Random(sha256(b"bytes").digest())
    for _ in range(300):
        raw = bytes(draw.choice(b'{}[]",:0123456789abc\\u\x00\xc3\xa9 ') for _ in range(30))
        for name in ("entries/0000.json", "proofs/proof.json", "record.json", "MANIFEST.sha256"):
            files = {"MANIFEST.sha256": b"", "entries/0000.signed.json": b"[]", name: raw}
            for look in (verify.files_are_whole, verify.entries_follow):
                with pytest.raises(verify.Wrong):
                    look(files)


@pytest.mark.parametrize("text", ["[" * 100_000, '"\\ud800"', "1e400", "NaN", "9" * 5000, "null"])
def test_what_no_record_holds_is_refused_at_once(text):
    """Neither a crash nor a long wait (TL-13)."""
    with pytest.raises(verify.Wrong), verify.looking_at("an entry"):
        verify.canonical(text.encode())
