"""The labels that nobody has scanned yet, read back where they belong before a lot is released."""

from collections.abc import Mapping

from coi.demo.cast import STAFF
from coi.services.installation import Installation
from coi.services.label_ledger import TurnLabel, label_ledger, turn_label
from coi.services.proofs import JustProven
from coi.services.scanning import Code
from coi.services.therapies import TherapyView
from workflows.label_deeds import Deed, hands
from workflows.label_life import LabelDeed

GUARD = "labels_are_accounted_for"


def read_back(
    installation: Installation,
    proven: Mapping[str, JustProven],
    view: TherapyView,
    by: JustProven,
) -> None:
    """Whoever has it in hand scans each label of which nobody has said yet where it is."""
    coi, roles = view.therapy.coi, set(hands(view.workflow))
    for line in label_ledger(installation, by, coi).lines:
        life, position = line.life, view.subjects[line.life.subject].position
        if life.is_settled or life.is_dead or position.in_transit:
            continue
        there = {(role, position.holder) for role in roles}
        somebody = next((one for one in STAFF if there & set(one.roles)), None)
        if somebody:
            deed = Deed(LabelDeed.CONFIRM, life.serial)
            code = Code(f"{life.serial}/{coi}")
            asked = TurnLabel(coi, deed, position.holder, f"on-{life.serial}", code)
            turn_label(installation, asked, proven[somebody.username])
