"""The infusion itself, screen by screen: in parts, interrupted, and one bag after the other."""

from coi.demo.cast import PASSWORD
from tests.coi.web.bedside import CHECK, FIRST, SECOND, WARD


def checked(bedside, serial):
    """Both check this bag."""
    first = bedside.checking()
    walk(bedside, first, FIRST, serial)
    second = bedside.second(first)
    walk(bedside, second, SECOND, serial)
    assert 'class="verdict matched"' in second.page, second.page


def walk(bedside, walker, username, serial, **fields):
    """Answer every screen of a check or an infusion with this bag."""
    for _ in range(12):
        asked = walker.asked
        if asked.startswith("Scan the order"):
            walker.scan(bedside.coi)
        elif asked.startswith("Scan the wristband"):
            walker.scan(bedside.band())
        elif asked.startswith("Scan the label"):
            walker.scan(serial)
        elif asked == "What the patient says":
            walker.send(**bedside.heard())
        elif asked == "Read it back":
            walker.send()
        elif asked == "Sign":
            bedside.signs(walker, username)
            return
        else:
            walker.send(**answer_to(walker.page, fields))
        if walker.answer.status_code != 303:
            return


def answer_to(page, fields):
    """What a field is filled with: as wished, or as it stands there."""
    form = page[page.index('class="step"') :]
    name = next(name for name in (*fields, "value-") if f'name="{name}' in form)
    start = form.index(f'name="{name}')
    full = form[start + 6 :].partition('"')[0]
    shown = form[start:].partition('value="')[2].partition('"')[0]
    return {full: fields.get(full, shown)}


def infused(bedside, action, serial, volume, **more):
    """Both take the step; returns the last page."""
    told = {"value-infused_ml": volume, "value-started_at": NOW(bedside), **more}
    first = bedside.person(FIRST).begin(bedside.coi, action, WARD)
    if not first.path:
        return first.answer.text
    walk(bedside, first, FIRST, serial, **told)
    if "Your part is in" not in first.page:
        return first.answer.text
    second = bedside.second(first)
    walk(bedside, second, SECOND, serial, **told)
    return second.page


def NOW(bedside):  # noqa: N802 - a time, as a form writes it
    """This moment on the ward's wall."""
    return f"{bedside.installation.clock.now():%Y-%m-%dT%H:%M}"


def states(bedside):
    """Where the three bags stand."""
    return [s.position.state for s in bedside.look().subjects.values() if s.machine == "product"]


def test_two_bags_are_infused_one_after_the_other(bedside):
    """Each with a check of its own, by the same two."""
    for serial in (bedside.label(0), bedside.label(1)):
        checked(bedside, serial)
        page = infused(bedside, "infuse", serial, "59.5")
        assert 'class="verdict matched"' in page, page

    assert states(bedside).count("infused") == 2


def test_an_interrupted_infusion_goes_on_after_a_fresh_check(bedside):
    """A part, a pause, and the rest."""
    serial = bedside.label(0)
    checked(bedside, serial)
    assert 'class="verdict matched"' in infused(bedside, "infuse_part", serial, "20")
    bedside.wait(31)
    refused = infused(bedside, "infuse", serial, "39")
    checked(bedside, serial)
    page = infused(bedside, "infuse", serial, "39")

    assert "CHECK_TOO_OLD" in refused
    assert 'class="verdict matched"' in page
    assert "infused" in states(bedside)


def test_the_second_bag_waits_until_the_first_is_in(bedside):
    """Nobody hangs two bags at once."""
    serials = [bedside.label(0), bedside.label(1)]
    checked(bedside, serials[0])
    infused(bedside, "infuse_part", serials[0], "20")
    walker = bedside.checking()
    walker.scan(bedside.coi)
    walker.scan(bedside.band())
    answer = walker.scan(serials[1])

    assert answer.status_code == 409
    assert "BAG_BEFORE_NOT_IN" in answer.text


def test_the_volume_is_read_back_to_the_second_before_they_sign(bedside):
    """Who signs has seen what is signed; what the first scanned is not among it (21 CFR 11.50)."""
    serial = bedside.label(0)
    checked(bedside, serial)
    first = bedside.person(FIRST).begin(bedside.coi, "infuse", WARD)
    told = {"value-infused_ml": "59.5", "value-started_at": NOW(bedside)}
    walk(bedside, first, FIRST, serial, **told)
    second = bedside.second(first)
    second.scan(bedside.band())
    second.scan(serial)

    assert second.asked == "Read it back"
    assert "59.5 mL" in second.page


def test_more_than_the_bag_held_is_said_before_the_second_is_called(bedside):
    """Above the screen, which stays: whoever told it mends it."""
    serial = bedside.label(0)
    checked(bedside, serial)
    page = infused(bedside, "infuse", serial, "400")

    assert "MORE_THAN_FILLED" in page
    assert ">Back<" in page
    assert PASSWORD not in page
    assert bedside.last().action == CHECK


def test_a_window_that_closes_before_the_first_signs_stops(bedside):
    """The whole screen says so, and it is on record."""
    walker = bedside.check(bedside.checking())
    bedside.wait(61)
    again = bedside.person(FIRST)
    again.path = walker.path
    again.take_up()
    bedside.signs(again, FIRST)

    assert "THAW_WINDOW_PASSED" in again.page
    assert bedside.last().kind == "refused"
