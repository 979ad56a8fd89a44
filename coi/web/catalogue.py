"""What stands in the catalogues: the words of another language for each text of the product.

A catalogue is read once, when something is first asked of it. Texts of pages, sentences of the
product and texts of the installed definitions stand apart: one English word can be two of another
language.
"""

from functools import cache
from pathlib import Path

from babel.dates import format_date
from babel.support import Translations

from coi.web.marked_expressions import Find
from coi.web.retelling import Retold

FOLDER = Path(__file__).parent / "translations"
ENGLISH = "en"
LANGUAGES = {"en": "English", "de": "Deutsch"}
"""What the pages are written in, each by the name that it gives itself."""

SENTENCE, DEFINITION = "sentence", "definition"
"""What stands apart: what the product's programs say, and the texts of installed definitions."""


@cache
def catalogue(language: str) -> dict[str, dict[str, str]]:
    """The words of a language, by where the text stands: '' for pages, or one of the others."""
    read = Translations.load(FOLDER, [language])
    words: dict[str, dict[str, str]] = {"": {}, SENTENCE: {}, DEFINITION: {}}
    for key, told in getattr(read, "_catalog", {}).items():
        context, _, message = key.rpartition("\x04")
        if message and told:
            words[context][message] = told
    return words


def words_of(language: str) -> Find:
    """Gives the words of a page in a language; '' where there are none."""
    words = catalogue(language)[""]
    return lambda message: words.get(message, "")


@cache
def retold_in(language: str) -> Retold:
    """Tells sentences and names of the product in a language."""
    words = catalogue(language)
    return Retold(
        {**words[DEFINITION], **words[SENTENCE]}, lambda day: format_date(day, locale=language)
    )
