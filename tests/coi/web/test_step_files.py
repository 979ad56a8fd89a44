"""A picture or a file of a step: chosen once, held while the form goes to and fro, and fetched."""

import io
import re
from hashlib import sha256

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from coi.demo import departures
from coi.demo.cast import PASSWORD, PATIENTS
from coi.demo.chapters import play
from coi.demo.performer import Wish
from coi.services.file_kinds import LARGEST
from coi.services.therapies import look
from tests.coi.layered import ARRIVED
from tests.coi.services.test_pictures import drawn
from tests.coi.web.conftest import SHORT_STEP
from tests.coi.web.steps import filled_in, form_on, path_of, put
from tests.coi.web.walk import Walker, signed_in
from tests.journeys.asking import ids, until
from tests.journeys.worlds import Databases, copy_of
from workflows.facts import Mode
from workflows.files import MOST_IN_A_STEP

ACTION, FIELD = "report_damage", "value-damage_picture"
PICTURE = drawn("JPEG", (64, 48))
DIGEST = sha256(PICTURE).hexdigest()
TOLD = f"image/jpeg, {len(PICTURE)} bytes, SHA-256 {DIGEST}"
LOGGER = "Date;Time;°C\r\n2026-11-30;08:15;-151.2\r\n".encode()


@pytest.fixture
def coi(performer):
    """A therapy whose bags are thawed."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, until(departures.DAMAGED_AT_THAW, ACTION))
    return coi


@pytest.fixture
def asked(performer, coi):
    """What the report of the first bag asks for, and its people."""
    bag = ids(performer, coi, "product", "thawed")[0]
    return performer.request(coi, ACTION, Wish(on=(bag,)))


@pytest.fixture
def browser(someone, asked):
    """The browser of whoever reports it."""
    return someone(asked[1].username)


def form(browser, asked, page="", **told):
    """The form, filled in but for the picture."""
    wanted, _actor, signers = asked
    page = page or browser.get(path_of(wanted.coi, ACTION)).text
    found = filled_in(page, wanted, signers)
    held = form_on(page).get(FIELD, "")
    found = {n: t for n, t in found.items(multi=True) if f'name="{n}"' in page}
    put(found, {FIELD: held, **told} if held else told)
    return found


def sent(browser, coi, told, picture=b"", name="bag.jpg", mode=Mode.ASK):
    """Send the form as a browser does, with what was chosen."""
    chosen = {f"file-{FIELD}": FileStorage(io.BytesIO(picture), name if picture else "")}
    return sent_with(browser, coi, told, chosen, mode)


def sent_with(browser, coi, told, chosen, mode=Mode.ASK):
    """Send it with these files."""
    files = {
        name: FileStorage(io.BytesIO(one), "bag.jpg") if isinstance(one, bytes) else one
        for name, one in chosen.items()
    }
    # In memory, as a browser would: the test client would leave a file behind.
    boundary, body = encode_multipart({**told, **files})
    kind = f"multipart/form-data; boundary={boundary}"
    return browser.client.post(path_of(coi, ACTION, mode), data=body, content_type=kind)


def held_on(page):
    """What a form says is held."""
    found = re.search(rf'<input type="hidden" name="{FIELD}" value="([^"]*)"', page)
    return found[1] if found else ""


def newest(performer, coi):
    """The newest entry, and what it says of its picture."""
    event = look(performer.installation, coi).history[-1]
    found = [v for v in event.content.get("values", ()) if v["field"] == "damage_picture"]
    return event, found


# -- one form --------------------------------------------------------------------------------------


def test_the_form_asks_for_it_with_the_camera_and_without_script(browser, coi):
    """A tablet opens its camera; a browser that runs nothing sends the file all the same."""
    page = browser.get(path_of(coi, ACTION)).text

    field = re.search(rf'<input id="{FIELD}-chosen"[^>]*>', page)[0]
    assert 'type="file"' in field
    assert 'accept="image/jpeg,image/png"' in field
    assert 'capture="environment"' in field
    assert 'enctype="multipart/form-data"' in page
    assert "JPEG, PNG, up to 6 MB, may stay empty" in page


def test_a_form_without_a_file_is_sent_as_ever(browser, coi):
    """Only where a file is asked for."""
    page = browser.get(path_of(coi, "open_exception")).text

    assert 'type="file"' not in page
    assert "multipart" not in page


def test_a_picture_that_was_chosen_is_on_record(browser, performer, coi, asked):
    """It is fetched from the values of the therapy, as it came, and runs nothing."""
    answer = sent(browser, coi, form(browser, asked), PICTURE)

    event, values = newest(performer, coi)
    page = browser.get(f"/therapies/{coi}/values").text
    link = f"/therapies/{coi}/entries/{event.seq}/files/{DIGEST}"
    fetched = browser.get(link)
    assert answer.status_code == 303, answer.text
    assert len(values) == 1
    assert f'<a class="digest" href="{link}">{TOLD}</a>' in page
    assert f'File: <a class="digest" href="{link}">' in browser.get(f"/therapies/{coi}").text
    assert (fetched.get_data(), fetched.mimetype) == (PICTURE, "image/jpeg")
    assert re.fullmatch(
        rf'attachment; filename="{coi}-{event.seq}-{DIGEST[:12]}.jpg"',
        fetched.headers["Content-Disposition"],
    )
    assert fetched.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"


def test_nobody_elsewhere_fetches_it(browser, someone, performer, coi, asked):
    """Another hospital is answered as if there were none."""
    sent(browser, coi, form(browser, asked), PICTURE)
    seq = newest(performer, coi)[0].seq

    answer = someone("jan").get(f"/therapies/{coi}/entries/{seq}/files/{DIGEST}")

    assert answer.status_code == 404
    assert PICTURE not in answer.get_data()


def test_a_refused_form_keeps_the_picture(browser, performer, coi, asked):
    """Nobody photographs a bag twice because a password was mistyped."""
    wrong = sent(browser, coi, form(browser, asked, **{"signer-1-password": "x"}), PICTURE)
    told = form(browser, asked, wrong.text, **{"signer-1-password": PASSWORD})

    answer = sent(browser, coi, told)

    assert wrong.status_code == 422
    assert f"<strong>Held:</strong> {TOLD[:-52]}…" in wrong.text
    assert held_on(wrong.text) == TOLD
    assert answer.status_code == 303, answer.text
    assert len(newest(performer, coi)[1]) == 1


def test_another_one_takes_its_place(browser, performer, coi, asked):
    """The last one that was chosen counts."""
    first = sent(browser, coi, form(browser, asked, **{"signer-1-password": "x"}), PICTURE)
    other = drawn("PNG")
    told = form(browser, asked, first.text, **{"signer-1-password": PASSWORD})

    sent(browser, coi, told, other)

    seq = newest(performer, coi)[0].seq
    path = f"/therapies/{coi}/entries/{seq}/files"
    assert browser.get(f"{path}/{sha256(other).hexdigest()}").get_data() == other
    assert browser.get(f"{path}/{DIGEST}").status_code == 404


def test_what_is_held_can_be_left_out(browser, performer, coi, asked):
    """Where a picture may be left out."""
    first = sent(browser, coi, form(browser, asked, **{"signer-1-password": "x"}), PICTURE)
    more = {"signer-1-password": PASSWORD, f"without-{FIELD}": "yes"}

    answer = sent(browser, coi, form(browser, asked, first.text, **more))

    assert answer.status_code == 303
    assert newest(performer, coi)[1] == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"GIF89a" + b"\0" * 30, "is no JPEG, PNG or PDF, and no text"),
        (LOGGER, "is a file of another kind, TEXT; choose one: JPEG, PNG"),
        (PICTURE[:-30], "is not whole"),
        (b"\xff\xd8\xff" + b"7" * 6_000_000, "is larger than 6 MB"),
    ],
)
def test_what_is_no_picture_is_told_beside_its_field(browser, coi, asked, content, why):
    """Whatever its name says; nothing is recorded, and what was typed stays."""
    told = form(browser, asked, **{"value-damage": "Lena's bag leaks"})

    answer = sent(browser, coi, told, content, "bag.jpg")

    assert answer.status_code == 422
    assert f'id="{FIELD}-wrong">{why}<' in answer.text
    assert "Lena&#39;s bag leaks" in answer.text
    assert held_on(answer.text) == ""


def padded(size):
    """A picture of about that size, whole: a camera writes comments into it."""
    comment = b"\xff\xfe\xff\xff" + b"c" * 65_533
    return PICTURE[:2] + comment * ((size - len(PICTURE)) // len(comment)) + PICTURE[2:]


def test_a_form_takes_several_files_of_the_largest_size(browser, performer, coi, asked):
    """As many as a form asks for: each may be as large as one alone."""
    picture, told = padded(LARGEST), form(browser, asked)
    others = {f"file-{FIELD}-{n}": picture for n in range(1, MOST_IN_A_STEP)}

    answer = sent_with(browser, coi, told, {f"file-{FIELD}": picture, **others})

    assert len(picture) > LARGEST - 100_000
    assert answer.status_code == 303, answer.text
    assert len(newest(performer, coi)[1]) == 1


def test_what_is_more_than_a_form_takes_is_refused_with_how_much_it_takes(
    browser, performer, coi, asked
):
    """Nothing of it is read; what was typed stands in the browser still."""
    before = len(look(performer.installation, coi).history)
    told, picture = form(browser, asked), padded(LARGEST)
    chosen = {f"file-{FIELD}-{n}": picture for n in range(MOST_IN_A_STEP + 1)}

    answer = sent_with(browser, coi, told, chosen)

    assert answer.status_code == 413
    for part in ("than the 25 MB", "Nothing was saved.", "Go back", "REQUEST_ENTITY_TOO_LARGE"):
        assert part in answer.text
    assert len(look(performer.installation, coi).history) == before


def test_only_the_form_of_a_step_takes_so_much(browser):
    """Every other page says how little it takes, and reads no more."""
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(b"x" * 2_000_000), "x")})
    kind = f"multipart/form-data; boundary={boundary}"

    answer = browser.client.post("/unit", data=body, content_type=kind)

    assert answer.status_code == 413
    assert "than the 1 MB" in answer.text


def test_an_empty_file_is_told(browser, coi, asked):
    """A camera that wrote nothing is no picture that was left out."""
    chosen = {f"file-{FIELD}": (io.BytesIO(b""), "bag.jpg")}

    answer = browser.client.post(
        path_of(coi, ACTION),
        data={**form(browser, asked), **chosen},
        content_type="multipart/form-data",
    )

    assert answer.status_code == 422
    assert f'id="{FIELD}-wrong">is empty<' in answer.text


def test_a_picture_that_is_wrong_leaves_the_one_before(browser, coi, asked):
    """Whoever chooses the wrong file keeps what was held."""
    first = sent(browser, coi, form(browser, asked, **{"signer-1-password": "x"}), PICTURE)

    answer = sent(browser, coi, form(browser, asked, first.text), LOGGER)

    assert answer.status_code == 422
    assert held_on(answer.text) == TOLD


def test_what_nobody_handed_in_is_refused(browser, performer, coi, asked):
    """A reference that somebody made up leads to nothing; the refusal is on record."""
    made_up = TOLD.replace(DIGEST, "0a" * 32)

    answer = sent(browser, coi, form(browser, asked, **{FIELD: made_up}))

    assert answer.status_code == 409
    assert "CONTENT_NOT_HELD" in answer.text
    assert newest(performer, coi)[0].kind == "refused"


def test_two_tabs_keep_one_picture_each(browser, coi, asked):
    """The second tab is told that the bag has moved on, and its form keeps the picture."""
    told = form(browser, asked)
    first = sent(browser, coi, told, PICTURE)

    second = sent(browser, coi, {**told, "key": "another-tab"}, PICTURE)

    assert (first.status_code, second.status_code) == (303, 409)
    assert held_on(second.text) == TOLD


def test_the_same_form_sent_twice_is_one_entry(browser, performer, coi, asked):
    """A double click records nothing twice."""
    told = form(browser, asked)
    before = len(look(performer.installation, coi).history)

    answers = [sent(browser, coi, told, PICTURE).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert len(look(performer.installation, coi).history) == before + 1


def test_what_is_entered_late_keeps_its_picture(someone, performer, coi):
    """The picture of the bag was taken then, and is handed in now."""
    bag = ids(performer, coi, "product", "thawed")[0]
    wish = Wish(on=(bag,), mode=Mode.LATE, hours_ago=0.001)
    wanted, actor, signers = performer.request(coi, ACTION, wish)
    late = someone(actor.username)
    page = late.get(path_of(coi, ACTION, Mode.LATE)).text
    found = filled_in(page, wanted, signers)
    told = {n: t for n, t in found.items(multi=True) if f'name="{n}"' in page}

    answer = sent(late, coi, told, PICTURE, mode=Mode.LATE)

    assert answer.status_code == 303, answer.text
    assert len(newest(performer, coi)[1]) == 1


# -- screen by screen ------------------------------------------------------------------------------


class TestScreenByScreen:
    """The record of a shipper's temperature logger, where each screen asks for one thing."""

    FIELD = "value-logger_record"

    @pytest.fixture
    def performer(self, shipped, migrated_file, tmp_path):
        """The cast, where a shipper has arrived."""
        with copy_of(Databases(migrated_file), shipped, tmp_path, SHORT_STEP) as acting:
            yield acting

    @pytest.fixture
    def coi(self, shipped):
        """The therapy whose shipper has arrived."""
        return shipped.cois[ARRIVED]

    @pytest.fixture
    def walker(self, app, performer, coi):
        """Somebody who has unpacked it, and is asked for the record of its logger."""
        view = look(performer.installation, coi)

        def label(machine, number):
            thing = ids(performer, coi, machine)[number]
            return f"{view.labels[thing][-1]}/{coi}"

        walker = Walker(signed_in(app, "leo")).begin(coi, "unpack", "north-lab")
        for code in (label("shipment", -1), label("canister", 0), label("product", 1)):
            walker.scan(code)
        walker.send(done="1")
        for _ in range(2):
            walker.send(**dict.fromkeys(re.findall(r'name="(value-[a-z_]+)"', walker.page), "-150"))
        assert "Record of the temperature logger" in walker.asked, walker.page
        return walker

    def choose(self, walker, content, name="logger.csv"):
        """Answer the screen with a file."""
        chosen = {f"file-{self.FIELD}": (io.BytesIO(content), name)}
        token = re.search(r'name="csrf_token" value="([^"]+)"', walker.page)[1]
        told = {"csrf_token": token, "version": walker.version, **chosen}
        walker.answer = walker.browser.client.post(
            walker.path, data=told, content_type="multipart/form-data"
        )
        return walker.answer

    def sign(self, walker):
        """Read it back, and sign."""
        page = walker.page
        walker.send()
        walker.send(**{"signer-1-username": "leo", "signer-1-password": PASSWORD})
        return page

    def test_the_screen_offers_files_and_no_camera_alone(self, walker):
        """Where a text may be chosen too, the device asks from where."""
        field = re.search(rf'<input id="{self.FIELD}-chosen"[^>]*>', walker.page)[0]

        assert 'accept="text/plain,application/pdf,image/jpeg,image/png,.txt,.csv"' in field
        assert "capture" not in field
        assert 'enctype="multipart/form-data"' in walker.page

    def test_it_is_read_back_and_recorded(self, walker, performer, coi):
        """Who signs has seen what it is."""
        self.choose(walker, LOGGER)

        page = self.sign(walker)

        told = f"text/plain, {len(LOGGER)} bytes, SHA-256 {sha256(LOGGER).hexdigest()}"
        event = look(performer.installation, coi).history[-1]
        assert told.split("SHA-256 ", maxsplit=1)[0] in page
        assert event.action == "unpack"
        link = f"/therapies/{coi}/entries/{event.seq}/files/{sha256(LOGGER).hexdigest()}"
        assert walker.browser.get(link).get_data() == LOGGER

    def test_what_is_held_goes_along_to_another_device(self, walker, app):
        """The step is gone on with elsewhere; the file need not be there."""
        self.choose(walker, LOGGER)
        walker.send("/back")

        elsewhere = Walker(signed_in(app, "leo"), walker.path)
        elsewhere.take_up()
        page = elsewhere.page

        assert f"<strong>Held:</strong> text/plain, {len(LOGGER)} bytes" in page
        held = re.search(rf'type="hidden" name="{self.FIELD}" value="([^"]+)"', page)[1]
        elsewhere.send(**{self.FIELD: held})
        assert "Read it back" in elsewhere.asked

    def test_a_file_of_another_kind_is_told_on_its_screen(self, walker):
        """The screen stays, and asks again."""
        answer = self.choose(walker, b"PK\x03\x04 a workbook", "logger.xlsx")

        assert answer.status_code == 422
        assert f'id="{self.FIELD}-wrong">is no JPEG, PNG or PDF, and no text<' in answer.text
        assert "Record of the temperature logger" in walker.asked

    def test_it_may_be_left_out(self, walker, performer, coi):
        """A shipper without a logger is unpacked all the same."""
        walker.send(**{self.FIELD: ""})

        self.sign(walker)

        event = look(performer.installation, coi).history[-1]
        fields = {value["field"] for value in event.content["values"]}
        assert event.action == "unpack"
        assert "logger_record" not in fields
