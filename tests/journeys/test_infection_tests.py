"""A test for infection is reported when labels are printed: they are old, until labelled anew."""

from coi.demo.chapters import Step
from coi.services.therapies import look

RESULTS = {f"donor_test_{n}": "non-reactive" for n in ("hiv", "hcv", "syphilis", "htlv")}
REACTIVE = Step("record_donor_tests", values={**RESULTS, "donor_test_hbv": "reactive"})
NOT_EVALUATED = "NOT EVALUATED FOR INFECTIOUS SUBSTANCES"


def serials(performer, coi, bags):
    """Give the serial of the newest label of each bag."""
    labels = look(performer.installation, coi).labels
    return [labels[bag][-1] for bag in bags]


def test_what_reacts_after_printing_makes_every_living_label_old(performer):
    """The bag is labelled anew with the warning; what the old label was is stopped, and it goes on."""
    coi = performer.order(PATIENTS[0])
    play(performer, coi, FILLED)
    bags = ids(performer, coi, "product", "frozen")
    before = serials(performer, coi, bags)
    printed = text_of(bag_label_pdf(performer.installation, before[0]))
    moving = performer.request(coi, "release_custody", Wish(on=bags[:1], to="works-store"))
    play(performer, coi, [REACTIVE])

    assert NOT_EVALUATED in printed
    assert "Reactive" not in printed
    assert set(bags) <= set(old_labels(look(performer.installation, coi)))
    with refused(performer, coi, "LABEL_SHOWS_OLD_VALUE"):
        act(performer, moving)
    with pytest.raises(NotPrinted, match="infection tests"):
        bag_label_pdf(performer.installation, before[0])

    play(performer, coi, [*TESTED, *results("sterility")])
    take_refused(performer, coi, Step("release_lot"), "LABEL_SHOWS_OLD_VALUE")
    performer.do(coi, "relabel", Wish(on=tuple(bags), values={"label_says": ""}))
    with refused(performer, coi, "OLD_LABEL"):
        act(performer, moving)
    warned = text_of(bag_label_pdf(performer.installation, serials(performer, coi, bags)[0]))

    assert "BIOHAZARD" in warned
    assert "WARNING: Reactive test results for HBV" in warned
    assert NOT_EVALUATED not in warned

    for serial in before:
        performer.settle(coi, serial)
    play(performer, coi, [Step("release_lot"), *ACCEPTED, CONDITIONED, *INFUSED_WHOLE])

    assert states(performer, coi, "product")["infused"] == 1
