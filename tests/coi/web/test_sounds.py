"""The sounds of a verdict differ in pitch, rhythm and length: eyes closed, people tell them."""

import struct
import subprocess
import sys
import wave
from itertools import groupby, pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOUNDS = ("right", "wrong", "unread")
WINDOW = 400  # samples, a fortieth of a second


def heard(name):
    """The samples of a sound, and how many come in a second."""
    with wave.open(str(ROOT / "static" / f"{name}.wav"), "rb") as file:
        count, rate = file.getnframes(), file.getframerate()
        return struct.unpack(f"<{count}h", file.readframes(count)), rate


def beeps(name):
    """How many notes there are between silences."""
    samples, _rate = heard(name)
    loud = [
        max(map(abs, samples[at : at + WINDOW])) > 1_000 for at in range(0, len(samples), WINDOW)
    ]
    return sum(is_loud for is_loud, _run in groupby(loud))


def pitch(name):
    """How often in a second the first note swings, by where it crosses zero upwards."""
    samples, rate = heard(name)
    note = samples[: rate // 10]
    crossings = sum(before < 0 <= after for before, after in pairwise(note))
    return crossings * 10


def seconds(name):
    """How long it is."""
    samples, rate = heard(name)
    return len(samples) / rate


def test_right_is_high_wrong_is_low_and_unread_lies_between():
    """More than an octave apart, so that a tired ear hears it."""
    assert pitch("right") > 1.8 * pitch("unread")
    assert pitch("unread") > 2.5 * pitch("wrong")


def test_they_differ_in_rhythm():
    """One, three, two."""
    assert [beeps(name) for name in SOUNDS] == [1, 3, 2]


def test_they_differ_in_length():
    """Right is over at once; wrong is not overheard."""
    right, wrong, unread = map(seconds, SOUNDS)

    assert right < 0.3 < unread < 0.8 < wrong


def test_an_alarm_goes_up_and_down_and_is_no_verdict():
    """Four notes, as no verdict has; over before the next word is spoken."""
    assert beeps("alarm") == 4
    assert pitch("unread") < pitch("alarm") < pitch("right")
    assert seconds("alarm") < 0.8


@pytest.mark.parametrize("name", [*SOUNDS, "alarm"])
def test_the_files_are_what_the_script_writes(name, tmp_path):
    """Whoever changes a sound changes the script."""
    subprocess.run([sys.executable, ROOT / "scripts" / "make_sounds", tmp_path], check=True)

    made = (tmp_path / f"{name}.wav").read_bytes()
    assert made == (ROOT / "static" / f"{name}.wav").read_bytes()
