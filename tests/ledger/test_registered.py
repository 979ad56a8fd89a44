"""What entries registered outside their chains: which of several counts, what is a commitment."""

import pytest

from coi.ledger.piles import Drawer
from coi.ledger.plain import check_keepers, check_times
from coi.ledger.registered import Registered

OLD, NEW = "0a" * 32, "0b" * 32
MORNING, EVENING = "2026-11-22T08:00:00.000000Z", "2026-11-22T20:00:00.000000Z"


def an_entry(chain="site:north", seq=1, recorded_at=MORNING, **said):
    """The content of an entry, as far as it registers something."""
    return {"chain": chain, "seq": seq, "recorded_at": recorded_at, **said}


def a_password(commitment, **place):
    """An entry in which somebody's password was set."""
    listed = [{"person": "P-1", "commitment": commitment}]
    return an_entry(registers={"credentials": listed}, **place)


def registered(*entries, signed=()):
    """What these entries registered."""
    found = Registered()
    for entry in entries:
        found.add(entry, signed)
    return found


def laid(pile):
    """Key and content of what counts in a pile."""
    return {sheet.key: sheet.what for sheet in pile.taken_up()}


def test_between_chains_the_later_time_counts():
    """Chains are told one after the other, whichever of them wrote last."""
    later = a_password(NEW, chain="site:a", recorded_at=EVENING)
    earlier = a_password(OLD, chain="site:b", recorded_at=MORNING)

    (found,) = registered(later, earlier).credentials.taken_up()

    assert (found.when, found.what) == ((EVENING, "site:a", 1), NEW)


def test_within_a_chain_the_later_entry_counts():
    """Two passwords at one moment: the sequence says which came last."""
    found = registered(a_password(OLD, seq=1), a_password(NEW, seq=2))

    assert laid(found.credentials) == {("P-1",): NEW}


def test_the_first_entry_of_a_site_opens_its_chain():
    """A chain without a therapy is a site's."""
    found = registered(an_entry(seq=0))

    assert laid(found.rows["chain"]) == {("site:north",): ("site:north", "site")}
    assert laid(found.rows["therapy"]) == {}


def test_a_later_entry_opens_no_chain():
    """A chain whose beginning is missing was begun by nothing that is there."""
    assert laid(registered(an_entry(seq=1)).rows["chain"]) == {}


def test_the_first_use_of_a_workflow_is_where_a_wrong_one_is_named():
    """One finding for a workflow that was never installed, and not one for each entry."""
    used = {"name": "bags", "version": 1, "hash": OLD}

    found = registered(an_entry(seq=3, workflow=used), an_entry(seq=4, workflow=used))

    assert found.workflows_used == {("bags", 1, OLD): ("site:north", 3)}


@pytest.mark.parametrize(
    ("said", "texts"),
    [
        ({"values": [{"content": OLD, "reason": NEW, "limits": "-"}]}, {OLD, NEW}),
        ({"values": [{"content": "61", "reason": "-", "limits": "1 to 90"}]}, set()),
        ({"values": [{"content": OLD, "reason": "-", "limits": NEW}]}, {OLD, NEW}),
        ({"document": {"picture": NEW}}, {NEW}),
        ({"attestations": [{"detail": OLD}]}, {OLD}),
        ({"notes": {"refusal_1": NEW}}, {NEW}),
        ({"notes": {"refusal_1": OLD.upper()}}, set()),
        ({"notes": {"refusal_1": OLD[1:]}}, set()),
    ],
)
def test_a_commitment_is_64_lower_case_hex_digits(said, texts):
    """Only what has exactly this form stands for a text that may have been erased."""
    assert {*laid(registered(an_entry(**said)).texts)} == {(text,) for text in texts}


def test_a_signers_printed_name_is_a_commitment():
    """A name can be erased, and otherwise must be there: so it must be known."""
    found = registered(an_entry(), signed=[{"person": "p", "printed_name": NEW}])

    assert laid(found.texts) == {(NEW,): None}


def test_what_is_there_from_the_beginning_is_expected():
    """Nobody and the ways in which a thing can end are parties before the first entry."""
    beginning = registered()
    beginning.begin()
    parties = laid(beginning.rows["party"])

    assert parties["-",] == ("-", "nobody")
    assert {kind for _, kind in parties.values()} == {"nobody", "gone"}


def a_template(version=1, layout=OLD, actor="queenie", **place):
    """An entry in which somebody kept a version of a label template."""
    kept = {"name": "own-bag", "version": version, "hash": NEW, "layout": layout}
    return an_entry(actor=actor, registers={"templates": [kept]}, **place)


def an_approval(holds=1, actor="quirin", **place):
    """An entry in which somebody approved that layout, or withdrew it."""
    told = {"kind": "template", "about": "own-bag", "holds": holds, "detail": f"sha256:{OLD}"}
    return an_entry(actor=actor, attestations=[told], **place)


def faults(*entries, signed=()):
    """What is wrong with who kept and who approved."""
    findings = []
    check_keepers(registered(*entries, signed=signed), findings)
    return [(one.chain, one.seq, one.what) for one in findings]


def test_another_approves_what_somebody_kept():
    """Nothing is wrong with it; nor when who kept it withdraws that."""
    assert faults(a_template(), an_approval(seq=2), an_approval(0, "queenie", seq=3)) == []


@pytest.mark.parametrize(
    ("actor", "signed"), [("queenie", []), ("quirin", [{"person": "queenie", "printed_name": ""}])]
)
@pytest.mark.parametrize("chain", ["site:north", "site:a"])
def test_whoever_kept_a_template_and_approves_it_is_named(actor, signed, chain):
    """As who acts or as who signs, and in whichever chain it stands."""
    found = faults(a_template(), an_approval(actor=actor, seq=2, chain=chain), signed=signed)

    assert found == [(chain, 2, "approves a template that its actor kept")]


@pytest.mark.parametrize("version", [1, 3])
def test_a_version_that_does_not_follow_is_named(version):
    """Another text under the same version, or one that was never there."""
    found = faults(a_template(), a_template(version, NEW, seq=2))

    what = f"keeps version {version} of own-bag, which does not follow on the one before"
    assert found == [("site:north", 2, what)]


NIGHT = "2026-11-23T02:00:00.000000Z"


def a_check(**said):
    """An entry that says that the clock is right, and until when the record is ahead of it."""
    told = {"kind": "clock", "about": "-", "holds": 1, "valid_until": EVENING, "detail": "-"}
    return an_entry(attestations=[told | said])


@pytest.mark.parametrize(
    ("check", "signed", "before", "accounts"),
    [
        (a_check(), [{"person": "P-1"}], EVENING, True),
        (a_check(), [{"person": "P-1"}], NIGHT, False),
        (a_check(), [], EVENING, False),
        (a_check(about="step"), [{"person": "P-1"}], EVENING, False),
        (a_check(kind="role"), [{"person": "P-1"}], EVENING, False),
    ],
)
def test_a_signed_check_of_the_clock_accounts_for_what_is_dated_back(
    check, signed, before, accounts
):
    """As far as the record was ahead by then, and for nothing else."""
    found = Registered()
    found.add(check, [{**one, "printed_name": "-"} for one in signed])
    found.set_back.append((("COI-A", 7), MORNING, before))
    told = []

    check_times(found, told)

    assert [(one.table, one.chain, one.seq) for one in told] == (
        [] if accounts else [("entry", "COI-A", 7)]
    )


def test_a_check_accounts_for_nothing_that_is_dated_before_it():
    """Behind its own moment the clock has gone back once more."""
    found = registered(a_check(), signed=[{"person": "P-1", "printed_name": "-"}])
    found.set_back.append((("COI-A", 7), "2026-11-22T07:59:59.999999Z", EVENING))
    told = []

    check_times(found, told)

    assert len(told) == 1


# -- what several told -----------------------------------------------------------------------------


def a_part(name, digits, **place):
    """Something of each sort that a chain can register, with names of its own."""
    used = {"name": name, "version": 1, "hash": digits * 64}
    kept = {"name": name, "version": 1, "hash": NEW, "layout": digits * 64}
    listed = {
        "workflows": [used],
        "templates": [kept],
        "persons": [{"id": f"P-{name}", "kind": "service"}],
        "erased_keys": [{"patient": name}],
    }
    approved = {"kind": "template", "holds": 1, "detail": f"sha256:{digits * 64}"}
    return an_entry(
        action="x", actor=name, workflow=used, registers=listed, attestations=[approved], **place
    )


def test_what_several_told_is_put_together():
    """Of each sort everything that either told, in the order of the chains."""
    earlier = registered(a_part("one", "1"), signed=[{"person": "p", "printed_name": ""}])
    later = Registered(first=1 << 40)
    later.add(a_part("two", "2", chain="site:south"), [{"person": "q", "printed_name": ""}])

    earlier.absorb(later)

    north, south = ("site:north", 1), ("site:south", 1)
    assert earlier.installed == {("one", 1): "1" * 64, ("two", 1): "2" * 64}
    assert earlier.programs == {"P-one", "P-two"}
    assert earlier.keepers == {"1" * 64: "one", "2" * 64: "two"}
    assert earlier.kept == [(north, "one", 1), (south, "two", 1)]
    assert [at for at, _ in earlier.wrongly_erased] == [north, south]
    assert earlier.signed_by == {"p": north, "q": south}
    assert earlier.workflows_used == {("one", 1, "1" * 64): north, ("two", 1, "2" * 64): south}
    assert earlier.approved == {
        ("1" * 64, "one"): north,
        ("1" * 64, "p"): north,
        ("2" * 64, "two"): south,
        ("2" * 64, "q"): south,
    }
    assert laid(earlier.rows["person"]).keys() == {("P-one",), ("P-two",)}
    assert laid(earlier.keys).keys() == {("one",), ("two",)}


def test_where_several_tell_the_same_the_first_is_where_it_is_named():
    """As if one had told all chains one after the other."""
    earlier = registered(a_part("one", "1"), signed=[{"person": "p", "printed_name": ""}])
    later = Registered(first=1 << 40)
    later.add(a_part("one", "1", chain="site:south"), [{"person": "p", "printed_name": ""}])

    earlier.absorb(later)

    places = [earlier.signed_by, earlier.workflows_used, earlier.approved]
    assert {at for place in places for at in place.values()} == {("site:north", 1)}


# -- what is read of an entry, field by field ------------------------------------------------------


def sheets(pile):
    """Key, moment and content of what counts in a pile."""
    return {sheet.key: (sheet.when, sheet.what) for sheet in pile.taken_up()}


AT = (MORNING, "site:north", 1)


def test_what_is_kept_apart_is_expected_as_it_was_committed_to():
    """Each under its own key, with the moment that decides which of several counts."""
    found = registered(
        an_entry(
            registers={
                "credentials": [{"person": "P-1", "commitment": "c"}],
                "keys": [{"patient": "PAT", "commitment": "k"}],
                "identities": [{"patient": "PAT", "field": "name", "commitment": "i"}],
            }
        )
    )

    assert sheets(found.credentials) == {("P-1",): (AT, "c")}
    assert sheets(found.keys) == {("PAT",): (AT, "k")}
    assert sheets(found.identities) == {("PAT", "name"): (AT, "i")}


def test_a_reason_for_a_turn_of_a_label_is_a_text_too():
    """It may name somebody, and so it can be erased."""
    found = registered(an_entry(label_turns=[{"reason": OLD}], document={}))

    assert sheets(found.texts) == {(OLD,): (AT, None)}


def test_programs_of_several_entries_are_all_known():
    """And no person is taken for one."""
    persons = [{"id": name, "kind": kind} for name, kind in (("P-1", "service"), ("P-2", "person"))]
    more = [{"id": "P-3", "kind": "service"}]

    found = registered(
        an_entry(registers={"persons": persons}), an_entry(seq=2, registers={"persons": more})
    )

    assert found.programs == {"P-1", "P-3"}


ERASURES = {
    "erased_texts": ({"commitment": OLD}, "texts", (OLD,), 1),
    "erased_keys": ({"patient": "PAT"}, "keys", ("PAT",), 2),
    "erased_identities": ({"patient": "PAT", "field": "name"}, "identities", ("PAT", "name"), 2),
}


@pytest.mark.parametrize("name", ERASURES)
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_what_was_erased_is_gone_from_then_on_and_signed_by_enough(name, count):
    """With the moment at which it was; too few who signed are named."""
    item, pile, key, needed = ERASURES[name]
    signed = [{"person": f"P-{n}", "printed_name": ""} for n in range(count)]

    found = registered(an_entry(action="erase", registers={name: [item]}), signed=signed)

    assert sheets(getattr(found, pile)) == {key: (AT, "")}
    assert bool(found.wrongly_erased) is (count < needed)


def test_one_who_signs_twice_is_one():
    """Two must sign, and they are two."""
    signed = [{"person": "P-1", "printed_name": ""}] * 2
    keys = {"erased_keys": [{"patient": "PAT"}]}

    assert registered(an_entry(action="erase", registers=keys), signed=signed).wrongly_erased


def test_what_a_restored_backup_erases_again_nobody_signs():
    """Two did, in what is no longer there."""
    keys = {"erased_keys": [{"patient": "PAT"}]}

    assert registered(an_entry(action="erase_again", registers=keys)).wrongly_erased == []


def test_workflows_and_templates_are_expected_by_name_and_version():
    """With what their entry says of them, and with that entry."""
    workflow = {"name": "bags", "version": 2, "hash": OLD}
    template = {"name": "own-bag", "version": 3, "hash": NEW, "layout": OLD}

    found = registered(
        an_entry(actor="queenie", registers={"workflows": [workflow], "templates": [template]})
    )

    rows = found.rows
    assert laid(rows["workflow"]) == {("bags", 2): ("bags", 2, OLD, "site:north", 1)}
    kept = ("own-bag", 3, NEW, OLD, "site:north", 1)
    assert laid(rows["label_template"]) == {("own-bag", 3): kept}
    assert found.kept == [(("site:north", 1), "own-bag", 3)]


class Counted(Drawer):
    """A drawer that counts how often somebody gives it back."""

    closed = 0

    def close(self):
        """Once more."""
        self.closed += 1


def test_all_piles_share_one_drawer():
    """A large record needs one file of the disk, and not one for each pile."""
    found = Registered(drawer=Counted())

    found.close()

    assert found.drawer.closed == len(found.piles()) > 1


def test_the_sheets_of_chains_behind_others_are_numbered_behind_theirs():
    """So that of one moment what was laid down last counts."""
    found = Registered(first=1 << 40)
    piles = [found.rows["site"], found.texts, found.credentials, found.keys]
    for pile in piles:
        pile.add(("a",))

    assert {one.number for pile in piles for one in pile.taken_up()} == {(1 << 40) + 1}


def test_parties_and_units_are_expected_by_their_names():
    """A unit with its site and what it is called, and where that was said."""
    found = registered(
        an_entry(
            registers={
                "parties": [{"id": "lab", "kind": "unit"}],
                "units": [{"id": "lab", "site": "north", "name": "The laboratory"}],
            }
        )
    )

    unit = ("lab", "unit", "north", "The laboratory", "site:north", 1)
    assert laid(found.rows["unit"]) == {("lab",): unit}
    assert laid(found.rows["party"]) == {("lab",): ("lab", "unit")}
