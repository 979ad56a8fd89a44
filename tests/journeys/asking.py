"""What journeys ask of a therapy, and how they spoil what should be refused."""

from collections import Counter
from contextlib import contextmanager

import pytest

from coi.demo.cast import STAFF
from coi.demo.chapters import take
from coi.errors import Refused
from coi.services.acting import take_action
from coi.services.label_ledger import TurnLabel, turn_label
from coi.services.labelling import newest_serial
from coi.services.proofs import Signer
from coi.services.therapies import look
from workflows import label_deeds
from workflows.label_deeds import Deed
from workflows.label_life import LabelDeed


def states(performer, coi, machine):
    """Count the states in which a therapy's subjects of one machine stand."""
    found = look(performer.installation, coi).subjects.values()
    return Counter(one.position.state for one in found if one.machine == machine)


def state(performer, coi):
    """Give the state of the therapy itself."""
    return look(performer.installation, coi).subjects[coi].position.state


def ids(performer, coi, machine, *in_states):
    """Name a therapy's subjects of one machine, oldest first."""
    found = look(performer.installation, coi).subjects.values()
    return [
        one.id
        for one in found
        if one.machine == machine and (not in_states or one.position.state in in_states)
    ]


def values(performer, coi, field):
    """Give what was recorded in a field, in the order of recording."""
    return [v.content for v in look(performer.installation, coi).values if v.field == field]


def ancestors(view, subject):
    """Name everything that a subject is made of, back to the vein."""
    parents = {k.parent for k in view.links if k.child == subject and k.relation == "made_of"}
    return parents.union(*(ancestors(view, parent) for parent in parents))


def newest(performer, coi):
    """Give the newest entry of a therapy, as it is shown."""
    return look(performer.installation, coi).history[-1]


def until(steps, action):
    """Give the steps before the first one with this action."""
    ends = [n for n, step in enumerate(steps) if step.action == action]
    return steps[: ends[0]]


def since(steps, action):
    """Give the steps from the first one with this action on."""
    return steps[len(until(steps, action)) :]


@contextmanager
def refused(performer, coi, *codes):
    """Whatever is tried inside is refused with these codes, each with a sentence; it is recorded.

    Nothing of the therapy moves, but for an exception that may be opened.
    """
    before = look(performer.installation, coi)
    with pytest.raises(Refused) as caught:
        yield caught
    after = look(performer.installation, coi)
    # A practised person has scanned each label first, which is on record too.
    since_then = after.history[len(before.history) :]
    recorded = next(one for one in since_then if one.action != LabelDeed.CONFIRM)
    told = [refusal.code for refusal in caught.value.refusals]
    assert set(codes) <= set(told), told
    assert all(r.sentence and r.next_step for r in caught.value.refusals)
    assert (recorded.kind, [r.code for r in recorded.refusals]) == ("refused", told)
    assert before.subjects.items() <= after.subjects.items()


def take_refused(performer, coi, step, *codes):
    """Take a step that is refused with these codes."""
    with refused(performer, coi, *codes):
        take(performer, coi, step)


def act(performer, request):
    """Take an action as the request, the actor and the signers say."""
    wanted, actor, signers = request
    return take_action(performer.installation, wanted, actor, signers)


def labelled_anew(performer, bag):
    """Print the label of a bag anew, by two who work where it is; returns the new serial."""
    installation, old = performer.installation, newest_serial(performer.installation, bag)
    coi = bag.partition("/")[0]
    thing = look(installation, coi).subjects[bag]
    unit = thing.position.holder
    signers = [one.username for one in STAFF if unit in {at for _role, at in one.roles}]
    meanings = [label_deeds.PRINTED_ANEW, label_deeds.NEEDED][: 1 + (thing.machine == "product")]
    signed = tuple(
        Signer(performer.proven[who], meaning)
        for who, meaning in zip(signers, meanings, strict=False)
    )
    deed = Deed(LabelDeed.REPRINT, old, "It tore when it was peeled off")
    performer.count += 1
    asked = TurnLabel(coi, deed, unit, f"anew {old} {performer.count}")
    turn_label(installation, asked, performer.proven[signers[0]], signed)
    return newest_serial(installation, bag)
