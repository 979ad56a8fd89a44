"""What becomes of a step when a screen of it is answered, taken back, signed, or given to another.

Pure: it is given the step beside how things stand, and gives it as it is afterwards. Nothing is
judged here but whether a screen has an answer; what was scanned is judged in
`coi.services.judging`.
"""

from collections.abc import Mapping
from dataclasses import replace

from coi.clock import rfc3339
from coi.services.errand import NO_SESSION, Errand, Part, Proof, Read, Why
from coi.services.screens import Asks, Scene, counts_of
from coi.services.vault import IDENTITY_FIELDS

READS = 3
"""So often a code may be unreadable before its characters are typed (BD-05)."""

_KEPT = frozenset({Asks.COUNT, Asks.NAMED, Asks.FIELD, Asks.TO})
"""What is told once, and stays where a colleague goes on."""
_AT_THE_END = frozenset({Asks.READ_BACK, Asks.SIGN})


def typed_before(scene: Scene) -> Errand:
    """The step with what was typed before it was begun, as far as a screen of it asks for that."""
    errand, form = scene.errand, scene.form
    asked = {one.name: one for one in (*filter(None, [form.bench]), *form.every_blank)}
    counts = {f"count-{machine}" for machine in counts_of(errand.answers)}
    counts &= {f"count-{born.machine}" for born in form.born}
    typed = {name: text for name, text in errand.answers.items() if name in {*asked, *counts}}
    if form.bench and typed.get(form.bench.name) not in form.bench.field.choices:
        typed.pop(form.bench.name, None)
    given = {name: (errand.person, rfc3339(scene.now)) for name in typed}
    return replace(errand, answers=typed, given=given)


def done(scene: Scene) -> Errand:
    """The present screen is answered."""
    part = scene.errand.part
    answered = (*part.done, scene.present.name)
    return scene.errand.with_part(replace(part, done=answered, unread=0))


def told(scene: Scene, text: str) -> Errand:
    """The present field has this text; where it had it before, it stays whoever gave it."""
    name, after = scene.present.name, done(scene)
    is_new = after.answers.get(name) != text
    given = _given(scene, name) if is_new or name not in after.given else after.given
    return replace(after, answers={**after.answers, name: text}, given=given)


def retold(scene: Scene, typed: Mapping[str, str]) -> Errand:
    """These stand in place of what was answered; from the first of them on all is asked again.

    What else was answered stands in its screen, and is looked at there once more.
    """
    errand, part = scene.errand, scene.errand.part
    first = next((at for at, name in enumerate(part.done) if name in typed), None)
    # Whatever was read back is other now.
    done = tuple(name for name in part.done[:first] if name not in _AT_THE_END)
    by = (part.person, rfc3339(scene.now))
    return replace(
        errand.with_part(replace(part, done=done, unread=0)),
        answers={**errand.answers, **typed},
        given={**errand.given, **dict.fromkeys(typed, by)},
        reasons=(),
    )


def named(scene: Scene, names: tuple[str, ...]) -> Errand:
    """These are meant, of what carries no label."""
    return replace(done(scene), named=names, given=_given(scene, scene.present.name))


def _given(scene: Scene, name: str) -> Mapping[str, tuple[str, str]]:
    """Who has given each answer, and when; the present one just now."""
    return {**scene.errand.given, name: (scene.errand.part.person, rfc3339(scene.now))}


def said(scene: Scene, identifiers: Mapping[str, str], source: str) -> Errand:
    """This was heard or read, from this source."""
    after = done(scene)
    heard = {name: text for name, text in identifiers.items() if name in IDENTITY_FIELDS}
    return after.with_part(replace(after.part, said=heard, source=source))


def read(scene: Scene, found: Read) -> Errand:
    """A code was read; of order and wristband one is enough, and so of a bag where one is asked."""
    part = scene.errand.part
    after = scene.errand.with_part(replace(part, reads=(*part.reads, found), unread=0))
    one_is_enough = found.screen != Asks.THINGS or scene.form.action.asks("one_bag_is_in_hand")
    return done(replace(scene, errand=after)) if one_is_enough else after


def unread(scene: Scene) -> Errand:
    """The present code could not be read once more; where none is asked, nothing changes."""
    part = scene.errand.part
    if not scene.present.is_scan:
        return scene.errand
    return scene.errand.with_part(replace(part, unread=part.unread + 1))


def unconfirmed(scene: Scene) -> Errand:
    """The present code may have been typed: it is typed twice now, and confirmed by another."""
    return scene.errand.with_part(replace(scene.errand.part, unread=READS))


def back(scene: Scene) -> Errand:
    """The screen before is asked again; what it was answered with is forgotten.

    Where several things are scanned on the present one, and some are, it is begun anew.
    """
    errand, part = scene.errand, scene.errand.part
    begun = bool(scene.reads_of(scene.present))
    if not (begun or part.done):
        return errand
    name = scene.present.name if begun else part.done[-1]
    reads = tuple(one for one in part.reads if one.screen != name)
    done = part.done if begun else part.done[:-1]
    part = replace(part, done=done, reads=reads, unread=0)
    part = replace(part, said={}, source="") if name == "said" else part
    after = errand.with_part(part)
    named = () if name == "named" else errand.named
    return replace(after, reasons=(), named=named, seen=after.seen_by(after.parts))


def signed(scene: Scene, proof: Proof) -> Errand:
    """The first of two has signed; nobody has the step in hand until the second begins."""
    after = done(scene)
    return replace(after.with_part(replace(after.part, proof=proof)), session=NO_SESSION)


def given_back(errand: Errand, reasons: tuple[Why, ...]) -> Errand:
    """The first signs anew what they scanned and told, all of which stays; the second's part ends.

    It is in nobody's hand until the first goes on with it.
    """
    first = errand.parts[0]
    done = tuple(name for name in first.done if name not in _AT_THE_END)
    first = replace(first, done=done, proof=None)
    return replace(
        errand,
        parts=(first,),
        person=first.person,
        session=NO_SESSION,
        seen=errand.seen_by((first,)),
        tries=errand.tries + 1,
        reasons=reasons,
    )


def anew(errand: Errand, part: Part) -> Errand:
    """Somebody else does the present part, from its beginning: who signs has scanned.

    What is told once stays as it was typed. What the first of two has seen stays too: a bag that
    was handed over since their check is no longer the one that they checked.
    """
    earlier = errand.parts[:-1]
    seen = errand.seen_by(earlier)
    return replace(
        errand, parts=(*earlier, part), person=part.person, session=part.session, seen=seen
    )


def why_too_old(scene: Scene) -> Why:
    """What the second of two is told who signs, or begins to, too late."""
    sentence = f"The first check was signed more than {scene.minutes} minutes ago"
    if not scene.goes_back:
        return Why("FIRST_CHECK_TOO_OLD", sentence, "Check again from the beginning, both of you")
    next_step = (
        "Whoever signed first goes on with it, reads it back and signs anew, and then the second;"
        " all that was answered is kept"
    )
    return Why("FIRST_CHECK_TOO_OLD", sentence, next_step)


def started_again(errand: Errand, part: Part) -> Errand:
    """Somebody else begins it again at the patient: nothing that a colleague told is kept.

    The second of two begins their own check again, and what the first has signed stays.
    """
    after = anew(errand, part)
    if after.parts[:-1]:
        return after
    return replace(after, answers={}, named=(), given={}, tries=0, reasons=())


def taken_over(scene: Scene, part: Part) -> Errand:
    """Somebody else goes on with what was answered: each answer stays who gave it, and when.

    What was scanned is scanned again, and all of it is read back: who signs has seen it.
    """
    errand = scene.errand
    kept = {one.name for one in scene.screens if one.asks in _KEPT}
    done = tuple(name for name in errand.part.done if name in kept)
    hands = dict.fromkeys((*errand.hands, errand.person))
    hands.pop(part.person, None)
    after = anew(errand, replace(part, done=done))
    return replace(after, hands=tuple(hands), offer=None, reasons=())
