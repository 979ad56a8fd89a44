"""A Digital Link names what an element string names; what only looks like one is refused."""

import pytest
from biip.gs1_digital_link_uris import GS1DigitalLinkURI

from labels.codes.digital_link import link
from labels.codes.scans import Dialects
from tests.labels.codes.builders import GS1, read, refusal, refused

RIGHT = [vector for vector in GS1["links"] if vector["valid"]]
WRONG = [vector for vector in GS1["links"] if not vector["valid"]]
THING = "https://id.gs1.org/01/09521234543213"


@pytest.mark.parametrize("vector", RIGHT, ids=lambda vector: vector["uri"])
def test_a_link_names_what_the_vector_says(vector):
    """Its elements are those of the vector, and of biip, an implementation that is not ours."""
    codes = read(vector["uri"])
    theirs = GS1DigitalLinkURI.parse(vector["uri"]).element_strings

    elements = {one.identifier: one.value for one in codes.elements}

    assert elements == {one.ai.ai: one.value for one in theirs}
    if "raw" in vector:
        assert codes == read("]d2" + vector["raw"].removeprefix("^").replace("^", "\x1d"))


@pytest.mark.parametrize("vector", WRONG, ids=lambda vector: vector["uri"])
def test_what_is_no_link_is_refused(vector):
    """Another scheme, no key, a slash at the end."""
    assert refused(vector["uri"]) == "BAD_LINK"


@pytest.mark.parametrize("vector", RIGHT, ids=lambda vector: vector["uri"])
def test_a_link_is_written_so_that_it_reads_the_same(vector):
    """From the elements an address is built that names them all."""
    codes = read(vector["uri"])

    assert read(link(codes)) == codes


def test_a_link_equals_the_element_string_of_the_same_things():
    """An address in a QR code and a Data Matrix with elements are two carriers of one thing."""
    address = read("]Q1" + THING + "/10/LOT42/21/SN0001?17=271231")

    assert address == read("]d2010952123454321317271231" + "10LOT42\x1d21SN0001")
    assert link(address) == THING + "/10/LOT42/21/SN0001?17=271231"


def test_what_is_reserved_in_an_address_is_written_out():
    """A slash inside a lot survives."""
    codes = read("]d201095212345432131" + "0A/B?C")

    assert link(codes) == THING + "/10/A%2FB%3FC"
    assert read(link(codes)) == codes


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://id.gs1.org/01/09521234543213", "BAD_LINK"),
        ("Https://id.gs1.org/01/09521234543213", "BAD_LINK"),
        ("https:///01/09521234543213", "BAD_LINK"),
        ("https://u:p@id.gs1.org/01/09521234543213", "BAD_LINK"),
        (THING + "/", "BAD_LINK"),
        (THING + "#10=A", "BAD_LINK"),
        (THING + "?", "BAD_LINK"),
        (THING + "?10=", "BAD_LINK"),
        (THING + "?10=A+B", "BAD_LINK"),
        (THING + "/10/A%2", "BAD_LINK"),
        (THING + "/21/A/10/B", "BAD_LINK"),
        (THING + "/10/A/10/B", "BAD_LINK"),
        (THING + "/254/A", "BAD_LINK"),
        (THING + "?01=09521234543213", "SAID_TWICE"),
        (THING + "?17=271231&17=271231", "SAID_TWICE"),
        (THING + "?89=1", "UNKNOWN_IDENTIFIER"),
        (THING + "/10/A%0AB", "BAD_CHARACTER"),
        (THING + "/10/%D9%A1", "BAD_CHARACTER"),
        ("https://id.gs1.org/01/9521234543213", "BAD_VALUE"),
        ("https://id.gs1.org/01/09521234543214", "WRONG_CHECK_CHARACTER"),
        ("https://id.gs1.org/gtin/09521234543213", "BAD_LINK"),
        ("]d2" + THING, "UNKNOWN_IDENTIFIER"),
        ("]C0" + THING, "WRONG_SYMBOL"),
        (THING + "/10/" + "A" * 400, "TOO_LONG"),
    ],
)
def test_every_fault_is_refused_by_its_name(address, code):
    """What is wrong with an address is what its refusal says, where biip is lenient too."""
    assert refused(address) == code


def test_the_key_furthest_to_the_right_is_meant():
    """A stem that looks like a key is no part of what is named."""
    codes = read("https://example.org/00/106141412345678908/01/09521234543213")

    assert codes == read(THING)


def test_words_of_the_page_itself_are_passed_over():
    """What a host adds in letters is its own affair."""
    assert read(THING + "?from=label&17=271231") == read(THING + "?17=271231")


def test_nothing_is_linked_that_names_no_key():
    """A number of an order alone begins no address."""
    assert refusal(lambda: link(read("]d2400ORDER1"))) == "BAD_LINK"


def test_a_site_without_the_dialect_is_told_that_it_is_an_address():
    """Any address of the web is named as one."""
    assert refused("https://example.org/login", Dialects()) == "GS1_OFF"
