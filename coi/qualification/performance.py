"""What people show with their own procedures, devices and labels before the first patient.

No machine can show it: whether a label can be read through a freezer's frost, whether a nurse knows
what to do at a red screen. Each row is carried out, and signed for on paper.
"""

from typing import NamedTuple


class Task(NamedTuple):
    """What people carry out, who does, and what they must see; `shows` as in a `Trial`."""

    does: str
    who: str
    sees: str
    shows: tuple[str, ...]


TASKS: tuple[Task, ...] = (
    Task(
        "Print each label on each printer, keep it as bags are kept, and scan it with each scanner",
        "manufacturing, cell laboratory",
        "Each is read, also cold and wet, by scanner and by camera",
        ("LB-01", "BD-05"),
    ),
    Task(
        "Scan an order, a wristband and a bag at each workstation, on the page that tries scanners",
        "clinic, cell laboratory, manufacturing",
        "Each character arrives as it was printed",
        ("SEC-26", "BD-11"),
    ),
    Task(
        "Take a therapy from order to infusion with water in its bags, all sites and the courier",
        "everybody who will take part",
        "Each handoff is confirmed by both sides; the custody record is whole",
        ("P11-10f", "BD-13"),
    ),
    Task(
        "At the bedside scan the bag of another patient",
        "two nurses or physicians",
        "Red, with icon, word and sound; both know whom to call, and call",
        ("BD-03", "BD-07"),
    ),
    Task(
        "Put a label on that cannot be read",
        "clinic",
        "After the third try the page says whom to call and what to do",
        ("BD-05",),
    ),
    Task(
        "Pull the network cable, hand over on paper with the downtime kit, and enter it afterwards",
        "clinic, coordinator, quality assurance",
        "No green without a line; entered late, with both times, and reviewed",
        ("A11-16", "BD-20", "F-14"),
    ),
    Task(
        "Restore last night's backup on another machine, and sign in there",
        "whoever keeps the machines",
        "`coi verify` holds; nobody writes before quality assurance has signed",
        ("A11-07", "TL-18"),
    ),
    Task(
        "Lock an account, end an employment, and lose a badge",
        "administrator, quality assurance",
        "Each stops at once, and stands in the trail with its reason",
        ("P11-300c", "A11-12"),
    ),
    Task(
        "Review the trail of the therapy above, and release it; ask an auditor to find it again",
        "quality assurance, a qualified person, an auditor",
        "The release waits for the review; the auditor finds who did what, when and why",
        ("A11d-12.8", "A11d-12.4", "A11-15"),
    ),
)
