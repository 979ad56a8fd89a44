"""Which patients an answer names, whatever it is made of: a page, a document, a list, a file."""

import io
import zipfile

from pypdfium2 import PdfDocument
from werkzeug.wrappers import Response

from coi.demo.cast import PATIENTS

TELLING = ("family_name", "given_name", "birth_date", "medical_record_number")
"""What tells who somebody is; no other word of the made-up world is one of these texts."""


def text_of(pdf: bytes) -> str:
    """All words of a document, its properties too."""
    document = PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
        return " ".join([*pages, *document.get_metadata_dict().values()])
    finally:
        document.close()


def words_in(content: bytes) -> str:
    """Everything that can be read in a file."""
    if content.startswith(b"%PDF"):
        return text_of(content)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return " ".join(name + words_in(packed.read(name)) for name in packed.namelist())
    return content.decode(errors="replace")


def named_in(answer: Response) -> set[str]:
    """By which texts a patient is named in an answer, or in its headers."""
    words = words_in(answer.get_data()) + str(answer.headers)
    return {who[name] for who in PATIENTS for name in TELLING if who[name] in words}
