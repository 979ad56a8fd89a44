"""What this package refuses: a stable code, a sentence for the bench, and the next step.

A sentence never repeats what was scanned or typed: it may be hostile, or the name of a patient.
What was given stands in the attributes of the error, for a caller who knows what may be shown to
whom.
"""


class LabelError(ValueError):
    """Base of all that this package refuses."""

    def __init__(self, code: str, sentence: str, next_step: str) -> None:
        """Carry the code for programs and two sentences for people."""
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.next_step = next_step


class NotACode(LabelError):
    """What was scanned or typed is not a code of this system."""


class NothingIssued(LabelError):
    """No code could be drawn: the issuer prefix does not serve, or the random source is broken."""


class CannotPrint(LabelError):
    """A field of a label holds something that must not be printed as it stands."""

    def __init__(self, field: str, code: str, sentence: str, next_step: str) -> None:
        """Carry the field's name beside the code and the sentences."""
        super().__init__(code, sentence, next_step)
        self.field = field


class DoesNotFit(CannotPrint):
    """A text is wider than its place on the label; it is never clipped and never shrunk."""

    def __init__(self, field: str, text: str, width_mm: float) -> None:
        """Carry the field, the whole text and the width that there was."""
        sentence = f"The field '{field}' has more text than fits in {width_mm:g} mm."
        super().__init__(
            field, "DOES_NOT_FIT", sentence, "Shorten the text, or use a larger label."
        )
        self.text = text
        self.width_mm = width_mm
