"""Forgeries of a therapy that is copied from paper: what is a copied step, and when it is over."""

from dataclasses import replace

from tests.store.attacks import attack
from tests.store.attacks_on_beginnings import opened
from tests.store.world import A, touch
from tests.store.writer import Deed, Turn, Writer

ORDERED = (Turn("C", "ordered"),)


def begun(writer: Writer) -> None:
    """A third therapy is ordered that runs on paper already."""
    writer.act(replace(opened(writer), turns=ORDERED, transcription="open"))


def copied(writer: Writer) -> None:
    """One step of it is copied."""
    begun(writer)
    writer.act(a_copy())


def over(writer: Writer) -> None:
    """Two have ended it."""
    copied(writer)
    writer.act(an_end())


def a_copy() -> Deed:
    """A step of the past, signed by who copied it."""
    return Deed("C", "check", "ward", ORDERED, ("nina",), "transcribed")


def a_correction() -> Deed:
    """What goes on beside it."""
    return Deed("C", "correct", "ward", ORDERED, ("nina",))


def an_end() -> Deed:
    """Who copied and who compared sign together."""
    turns, pair = ORDERED, ("nina", "ines")
    return Deed("C", "end_transcription", "ward", turns, pair, transcription="ended")


# -- the entry -------------------------------------------------------------------------------------


@attack("ck_entry_transcription")
def a_therapy_under_way_is_copied_all_at_once(writer: Writer) -> None:
    """Only an order begins a transcription."""
    writer.forge(touch(A, "hold"), entry={"transcription": "open"})


@attack("ck_entry_transcription")
def a_transcription_is_forgotten(writer: Writer) -> None:
    """The therapy seems never to have run on paper."""
    copied(writer)
    writer.forge(a_correction(), entry={"transcription": "-"})


@attack("ck_entry_transcription")
def a_transcription_begins_again(writer: Writer) -> None:
    """What two have ended stays so."""
    over(writer)
    writer.forge(Deed("C", "correct", "ward"), entry={"transcription": "open"})


@attack("ck_entry_transcription")
def a_step_is_copied_when_it_is_over(writer: Writer) -> None:
    """The first normal entry ends it for good."""
    over(writer)
    again = {"kind": "transcribed", "transcription": "step"}
    writer.forge(a_correction(), entry=again)


@attack("ck_entry_transcription")
def a_first_entry_is_over_already(writer: Writer) -> None:
    """Nobody compared anything."""
    writer.forge(replace(opened(writer), turns=ORDERED), entry={"transcription": "ended"})


@attack("ck_entry_genesis")
def a_first_entry_follows_a_transcription(writer: Writer) -> None:
    """A first entry that claims to go on with one."""
    writer.forge(replace(opened(writer), turns=ORDERED), entry={"prev_transcription": "open"})


@attack("ck_entry_genesis")
def how_it_stood_before_is_left_out(writer: Writer) -> None:
    """One NULL switches off the whole key to the entry before."""
    copied(writer)
    writer.forge(a_copy(), entry={"prev_transcription": None})


@attack("fk_entry_prev")
def it_seems_to_have_been_open_before(writer: Writer) -> None:
    """Of a therapy that never ran on paper nothing is copied."""
    writer.forge(
        touch(A, "hold"),
        entry={"kind": "transcribed", "transcription": "step", "prev_transcription": "open"},
    )


@attack("ck_entry_transcribed")
def a_copied_step_passes_for_an_act(writer: Writer) -> None:
    """What one person signed would look like a step that was taken here."""
    begun(writer)
    writer.forge(a_copy(), entry={"kind": "act"})


@attack("ck_entry_transcribed")
def something_else_is_called_a_copy(writer: Writer) -> None:
    """What happens now is no step of the past."""
    begun(writer)
    writer.forge(a_correction(), entry={"kind": "transcribed"})


@attack("ck_entry_transcriber")
def a_copy_is_signed_by_two(writer: Writer) -> None:
    """Nobody seems to have signed the step itself."""
    begun(writer)
    rows = writer.rows_of(a_copy())
    rows["entry"][0]["shape"] = "00010002" + "0000" * 7
    writer.write(rows)


@attack("ck_entry_transcriber")
def a_copy_is_signed_by_nobody(writer: Writer) -> None:
    """Who copied it says so."""
    begun(writer)
    rows = writer.rows_of(a_copy())
    rows["entry"][0]["shape"] = "00010000" + "0000" * 7
    writer.write(rows)


@attack("ck_entry_transcription_end")
def one_person_ends_it(writer: Writer) -> None:
    """A second person has compared all of it."""
    copied(writer)
    writer.forge(an_end(), entry={"shape": "00010001" + "0000" * 7})


@attack("ck_entry_transcription_end")
def it_ends_by_the_way(writer: Writer) -> None:
    """Another step does not end it."""
    copied(writer)
    writer.forge(an_end(), entry={"action": "correct"})


@attack("ck_entry_transcription_end")
def it_ends_by_a_hold(writer: Writer) -> None:
    """The end is an act of two, and nothing else."""
    copied(writer)
    writer.forge(an_end(), entry={"kind": "incident"})


@attack("ck_entry_beside")
def a_late_fact_is_told_beside_it(writer: Writer) -> None:
    """What happened before is copied, and signed as a copy."""
    copied(writer)
    writer.forge(a_correction(), entry={"kind": "late"})


# -- the move --------------------------------------------------------------------------------------


@attack("ck_move_on_paper")
def the_therapy_goes_on_before_it_is_compared(writer: Writer) -> None:
    """A step of now, while it is still copied."""
    copied(writer)
    writer.forge(a_correction(), move={"action": "check", "on_paper": 0})


@attack("ck_move_on_paper")
def a_copied_step_is_taken_beside_it(writer: Writer) -> None:
    """With one signature, and without being called a copy."""
    copied(writer)
    writer.forge(a_correction(), move={"on_paper": 2, "action": "check"})


@attack("ck_move_on_paper")
def a_step_of_now_is_called_a_copy(writer: Writer) -> None:
    """What takes the signatures of now is no copy."""
    begun(writer)
    writer.forge(a_copy(), move={"on_paper": 0})


@attack("ck_move_on_paper")
def a_therapy_that_never_ran_on_paper_takes_a_copied_step(writer: Writer) -> None:
    """The signatures of the step would be spared."""
    writer.forge(Deed("A", "check", "ward", (Turn("A", "ordered"),)), move={"on_paper": 2})


@attack("fk_move_deed")
def a_move_says_otherwise_how_it_is_copied(writer: Writer) -> None:
    """The entry is a copy, and its move one of now."""
    begun(writer)
    writer.forge(a_copy(), move={"transcription": "-", "on_paper": 0})


@attack("fk_move_transition")
def a_step_that_is_never_copied_is_copied(writer: Writer) -> None:
    """The definition has no such copied step."""
    begun(writer)
    writer.forge(a_copy(), move={"action": "correct"})
