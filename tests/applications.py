"""What every application compiles for itself, compiled once in a process: templates and addresses.

A thousand applications are made and thrown away, all from the same files, and each would spend more
time on that than on what it is asked. What is compiled is what an application alone would compile.
"""

from collections.abc import Hashable
from typing import Any, ClassVar

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Map, Rule, RuleFactory


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


class Addresses(Map):
    """Takes the rules of an application as any other, and compiles the same ones once.

    Nothing is compiled before an address is looked for: then all rules are known.
    """

    _compiled: ClassVar[dict[Hashable, Map]] = {}

    def __init__(self, *told: Any, **more: Any) -> None:
        self._given: list[Rule] = []
        self._taken = 0
        super().__init__(*told, **more)

    def add(self, rulefactory: RuleFactory) -> None:
        """Keep a rule for the moment at which the first address is looked for."""
        self._given += rulefactory.get_rules(self)

    def update(self) -> None:
        """Have everything in order; called by whatever looks for an address."""
        if self._taken == len(self._given):
            return
        key = (*map(_said, self._given), *sorted(self.converters), self.host_matching)
        if key not in self._compiled:
            self._compiled[key] = self._in_order()
        same = self._compiled[key]
        self._matcher = same._matcher  # noqa: SLF001 - there is no other way in
        self._by_endpoint = same._rules_by_endpoint  # noqa: SLF001 - as above
        self._taken = len(self._given)

    @property
    def _rules_by_endpoint(self) -> dict[Any, list[Rule]]:
        """In order, too, for whoever looks here instead of asking."""
        self.update()
        return self._by_endpoint

    @_rules_by_endpoint.setter
    def _rules_by_endpoint(self, rules: dict[Any, list[Rule]]) -> None:
        self._by_endpoint = rules

    def _in_order(self) -> Map:
        ordered = Map(converters=self.converters, host_matching=self.host_matching)
        for rule in self._given:
            ordered.add(_unbound(rule))
        ordered.update()
        return ordered


def _said(rule: Rule) -> Hashable:
    """All that a rule says; two that say the same lead to the same."""
    told = {name: each for name, each in vars(rule).items() if name not in _OF_ITS_MAP}
    return tuple((name, repr(each)) for name, each in sorted(told.items()))


_OF_ITS_MAP = frozenset({"map"})


def _unbound(rule: Rule) -> Rule:
    """The same rule, for another map, with what Flask has noted on it."""
    same = rule.empty()
    # An empty mapping of defaults would be none at all; the rest is compiled anew.
    for name in {*vars(rule)} - {*vars(same)} | {"defaults"}:
        setattr(same, name, getattr(rule, name))
    return same


def compile_once() -> None:
    """All applications of this process share what they compile."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Kept()}
    Flask.url_map_class = Addresses
