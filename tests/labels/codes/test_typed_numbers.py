"""What is typed carries its check character, and a look-alike is named and never mended."""

import pytest

from labels.codes.donations import ChainId, Din
from labels.codes.medical import Mpho, mpho_of
from labels.codes.scans import OURS, in_words, read_typed
from labels.codes.things import BloodGroup, EuropeanCode, Product, Staff
from tests.labels.builders import a_coi
from tests.labels.codes.builders import ALL, ISBT128, TABLES, read, refusal, refused

DIN = Din("A9999", "26", "123456")
CHAIN = ChainId.of("A9999", "26", "A00123")


def typed(text):
    """Give the code with which a typed text is refused."""
    return refusal(lambda: read_typed(text, ALL))


@pytest.mark.parametrize("text", ["A9999 26 123456 T", " a9999  26 123456 t "])
def test_a_donation_number_is_typed_as_it_is_printed(text):
    """Case and doubled spaces are forgiven; it equals what a scanner reads."""
    assert read_typed(text, ALL) == read(DIN.data)


def test_a_check_character_may_be_an_asterisk():
    """It is typed as such, and is 96 in flags of the third type; 60 is for another number."""
    din = next(
        one for one in (Din("A9999", "26", f"{n:06}") for n in range(99)) if one.check == "*"
    )

    assert read_typed(din.text, ALL).one(Din) == din
    assert read(din.data[:-2] + "96").one(Din) == din
    assert refused("=A99992612345696") == refused(din.data[:-2] + "60") == "WRONG_CHECK_CHARACTER"


def test_a_printed_number_is_typed_back():
    """What stands on the label for people is read back, for a donation and for a chain."""
    assert read_typed(DIN.text, ALL).one(Din) == DIN
    assert read_typed(CHAIN.text, ALL).one(ChainId) == CHAIN


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A9999 26 123456 S", "WRONG_CHECK_CHARACTER"),
        ("A9999 26 123465 T", "WRONG_CHECK_CHARACTER"),
        ("A9999 2O 123456 T", "LOOK_ALIKE"),
        ("A9999 26 L23456 T", "LOOK_ALIKE"),
        ("A9999 26 12345S T", "BAD_CHARACTER"),
        ("CHA9999 26 AO0123 5", "LOOK_ALIKE"),
        ("CHA9999 26 A0O123 5", "LOOK_ALIKE"),
        ("CHA9999 26 A00132 5", "WRONG_CHECK_CHARACTER"),
        ("A9999 26 123456", "WRONG_LENGTH"),
        ("A999926123456T", "UNKNOWN_KIND"),
        ("SEC: PL001499", "WRONG_LENGTH"),
    ],
)
def test_what_is_typed_wrongly_is_refused_by_its_fault(text, code):
    """A wrong check character, a look-alike, a missing part."""
    assert typed(text) == code


def test_a_site_without_the_dialect_is_told_what_was_typed():
    """A number of ISBT 128 is named as one where the site does not read them."""
    assert refusal(lambda: read_typed(DIN.text, OURS)) == "ISBT128_OFF"


def test_codes_of_ours_are_typed_everywhere():
    """Whatever else a site reads, our own codes are read as ever."""
    assert read_typed(a_coi().text, OURS).coi == read_typed(a_coi().text, ALL).coi == a_coi()


@pytest.mark.parametrize("vector", ISBT128["european_codes"], ids=lambda vector: vector["text"])
def test_a_european_code_is_read_as_it_is_printed(vector):
    """Its text is written again as it was, and equals what a symbol holds."""
    codes = read_typed(vector["text"], ALL)
    code = codes.one(EuropeanCode)

    assert code.text == vector["text"]
    assert codes == read(code.data)


def test_a_european_code_expires_on_a_day_or_never():
    """Eight zeros say that there is no expiry; a day that there is not is refused."""
    text = ISBT128["european_codes"][0]["text"]

    assert read_typed(text, ALL).one(EuropeanCode).expires_on.isoformat() == "2017-12-31"
    assert read_typed(text[:-8] + "00000000", ALL).one(EuropeanCode).expires_on is None
    assert typed(text[:-4] + "0230") == "NO_SUCH_DAY"


@pytest.mark.parametrize(
    "vector", ISBT128["product_identifiers"], ids=lambda vector: vector["value"]
)
def test_a_product_identifier_is_read_and_written_again(vector):
    """All 29 characters come back, with or without a processing facility."""
    product = Mpho.read(vector["value"])

    assert (product.text, product.processor) == (vector["value"], vector["fin_p"])


def test_a_product_identifier_is_made_of_the_codes_of_one_label():
    """Of the product code alone, and of what names the processing facility too."""
    plain = mpho_of(read("]C4=A99992112345600=<E03984A0"))
    processed = mpho_of(read("=+03000=/A9997AB3456E0398=A99992112345600=,000012"))

    whole = mpho_of(read("]C4=/A9997AB3456E0398=A99992112345600"))

    assert plain.text == "00000E0398A999921123456A00000"
    assert processed.text == "A9997E0398A999921123456000012"
    assert whole.text == "A9997E0398A999921123456000000"


def test_a_product_identifier_is_refused_where_something_is_missing():
    """Too short, of characters that cannot stand there, or of one code alone."""
    short = refusal(lambda: Mpho.read("A9999E0398A999921123456A0000"))
    wrong = refusal(lambda: Mpho.read("O9999E0398A999921123456A00000"))

    assert (short, wrong) == ("WRONG_LENGTH", "BAD_CHARACTER")
    assert refusal(lambda: mpho_of(read(DIN.data))) == "INCOMPLETE"


@pytest.mark.parametrize(
    ("structure", "words"),
    [
        (DIN, "Example Cell Centre"),
        (CHAIN, "Example Cell Centre"),
        (Product("S2598", "1", "A0"), "Example product"),
        (Product("S1128", "1", "A0"), ""),
        (BloodGroup("62", "0", "0"), "Example group"),
        (Staff("A9999", "000001"), ""),
    ],
)
def test_what_a_code_means_is_what_the_site_imported(structure, words):
    """A table says it, or nobody does."""
    assert in_words(structure, TABLES) == words
