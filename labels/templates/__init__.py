"""Every label template that comes with the product, by name: the newest version of each.

A template is a file of this folder, `name.version.yaml`. A changed one is a new file with the next
version; the old one stays, because labels that were issued by it name its hash. It is read when it
is first asked for: a command that prints nothing waits for none.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from labels.layout import Template
from labels.template_reader import read_template


class _Shipped(Mapping[str, Template]):
    """The templates of this folder; they cannot be replaced while the program runs."""

    def __getitem__(self, name: str) -> Template:
        return _read(name, _newest()[name])

    def __iter__(self) -> Iterator[str]:
        return iter(_newest())

    def __len__(self) -> int:
        return len(_newest())


TEMPLATES: Final[Mapping[str, Template]] = _Shipped()


def template_text(name: str, version: int) -> str:
    """The text of a template as it is kept; raises KeyError if there is none."""
    if (name, version) not in _kept():
        raise KeyError(name, version)
    return files(__name__).joinpath(f"{name}.{version}.yaml").read_text(encoding="utf-8")


def every_version(name: str) -> tuple[Template, ...]:
    """Each kept version of a template, the newest first; none of a name that there is not."""
    return tuple(_read(*one) for one in reversed(_kept()) if one[0] == name)


def version_with(sha256: str) -> Template | None:
    """The kept version, of whichever template, that has this hash; None if there is none."""
    return _by_hash().get(sha256)


@cache
def _by_hash() -> dict[str, Template]:
    return {template.sha256: template for template in (_read(*kept) for kept in _kept())}


@cache
def _kept() -> tuple[tuple[str, int], ...]:
    """Name and version of each file."""
    names = (file.name.split(".") for file in files(__name__).iterdir())
    return tuple(sorted((n[0], int(n[1])) for n in names if n[-1] == "yaml"))


@cache
def _newest() -> dict[str, int]:
    return dict(_kept())


@cache
def _read(name: str, version: int) -> Template:
    return read_template(template_text(name, version))
