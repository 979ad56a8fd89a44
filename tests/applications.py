"""What every application compiles for itself, compiled once in a process: templates and addresses.

A thousand applications are made and thrown away, all from the same files, and each would spend more
time on that than on what it is asked. What is compiled is what an application alone would compile.
"""

from collections.abc import Callable

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class Kept(BytecodeCache):
    """Keeps the code of each template, as long as its file says the same."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, object]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code that was made of the same text."""
        checksum, code = self._codes.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code."""
        self._codes[bucket.key] = bucket.checksum, bucket.code


def compile_once() -> None:
    """All applications of this process share what they compile."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Kept()}
    Rule._compile_builder = _once(Rule._compile_builder)  # noqa: SLF001 - there is no other way in


def _once(compile_: Callable[..., object]) -> Callable[..., object]:
    """The same builders of addresses for rules that say the same."""
    known: dict[object, object] = {}

    def builder(rule: Rule, append_unknown: bool = True) -> object:  # noqa: FBT001, FBT002 - theirs
        # What stands for a part that is left out is written by the rule's own converters.
        if rule.defaults:
            return compile_(rule, append_unknown)
        key = rule.rule, tuple(rule._trace), append_unknown  # noqa: SLF001 - all that it is made of
        if key not in known:
            known[key] = compile_(rule, append_unknown)
        return known[key]

    return builder
