"""CPU of processes is read as the kernel counts it, with children that live and that ended."""

import os
import subprocess
import sys

from benchmarks.beside.processes import cpu_seconds

_BURN = "import time\nwhile time.process_time() < {}: pass\n"
_BURN_AND_WAIT = _BURN + "print('done', flush=True)\ninput()"
_CHILD_BURNS = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', {!r}])\n"
_TELL = "print('done', flush=True)\ninput()"
_SLACK = 0.15  # a new interpreter takes some too


def burned(program):
    """Seconds that the tree of a process took until it says that it is done."""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        found = cpu_seconds([process.pid])
        process.communicate(b"\n")
    return found


def test_what_a_process_burns_is_counted():
    """As much as it says itself, within two ticks and its own beginning."""
    assert 0.28 <= burned(_BURN_AND_WAIT.format(0.3)) <= 0.3 + _SLACK


def test_what_a_child_burned_is_counted_after_its_end():
    """A worker that ended took its time all the same."""
    found = burned(_CHILD_BURNS.format(_BURN.format(0.3)) + _TELL)

    assert 0.28 <= found <= 0.3 + 2 * _SLACK


def test_a_process_is_counted_once():
    """Named by itself and as the child of another, it is one."""
    once, twice = cpu_seconds([os.getpid()]), cpu_seconds([os.getpid(), os.getpid()])

    assert twice - once < 0.1
