"""The gallery in docs/: what people see, as the tests of the pages saw it: `make gallery`.

Every page is kept in build/gallery, at 1280, 820 and 390 px, by day and by night. Those that tell
most of the work stand in docs/gallery.md: on a workstation by day, on a tablet by night, on a
telephone.
"""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PIL import Image

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "gallery"
SHOWN_IN, PICTURES = ROOT / "docs" / "gallery.md", ROOT / "docs" / "gallery"

PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "At the bedside and at each handoff": {
        "work": "What waits for somebody, the soonest first, and the box for whatever is scanned.",
        "scanned-bag": "A bag was scanned: what it is, and what to do with it now.",
        "stop": "The bag of another patient: everything stops, and the screen says what to do.",
        "act-bedside": "Bag and patient are checked at the bedside, by two, each for themselves.",
        "refused": "A step that may not be taken: every reason, and what puts it right.",
        "door-of-a-device": "People change in a moment, with badge and PIN.",
    },
    "At the bench and in the laboratory": {
        "act-result": "A result is recorded beside its limits.",
        "act-freeze": "A step asks for what it records, and for nothing else.",
        "bench": "One therapy at a bench, and the line cleared by two before the next.",
        "second-signature-waits": "Of two who sign, the second signs in a session of their own.",
        "labels": "Each label of a therapy and what became of it.",
        "stock-take-result": "What a stock-take found, and what it missed.",
        "device-test": "A scanner is tried, and what is set wrong is named.",
    },
    "For those who follow every therapy": {
        "board": "All therapies by phase, with what is late and why.",
        "journey": "One therapy from vein to vein: when it was where, and in whose hands.",
        "therapy-mixed-up": "A therapy whose bag was taken for another one's.",
        "exceptions": "What went otherwise and is not settled, the worst first.",
        "rates": "How often things went otherwise, month by month.",
    },
    "For quality assurance and inspectors": {
        "day-qp-refused": "A lot is released by two, and refused with what is missing.",
        "trail-of-therapy": "The audit trail, with what is unusual marked.",
        "record": "May the record be written, and may anything be released by it?",
        "emergency": "Whoever must know at once who a patient is, is told, and answers for it.",
        "access-review": "Who may do what, looked at once in half a year.",
    },
}
"""The parts of the gallery: the name of a picture, and what it shows."""

_HEIGHT = 560
_LOOKS = (("1280-light", (1280, 900)), ("820-dark", (820, 1180)), ("390-light", (390, 844)))
_GAP = 12
_INTRODUCTION = """# What people see

Each page on a workstation by day, on a tablet by night, and on a telephone; the upper part of it,
from invented therapies. All pages, whole, at all widths, by day and by night, are kept in
`build/gallery` by `make gallery`, which writes this page too.
"""


def main() -> int:
    """Look at every page again, keep the pictures, and write the gallery."""
    asked = [sys.executable, "-m", "pytest", "-q", "tests/browser", "--pictures", str(KEPT)]
    outcome = subprocess.run(asked, cwd=ROOT, check=False).returncode
    if outcome == 0:
        PICTURES.mkdir(exist_ok=True)
        for name in (name for part in PARTS.values() for name in part):
            beside(name).save(PICTURES / f"{name}.webp", quality=78, method=6)
        SHOWN_IN.write_text(page(), encoding="utf-8")
    return outcome


def beside(name: str) -> Image.Image:
    """The three looks of a page beside each other, each as much as a screen shows of it."""
    shots = [_shot(KEPT / f"{name}-{look}.png", size) for look, size in _LOOKS]
    width = sum(shot.width for shot in shots) + _GAP * (len(shots) - 1)
    whole = Image.new("RGB", (width, _HEIGHT), "white")
    x = 0
    for shot in shots:
        whole.paste(shot, (x, 0))
        x += shot.width + _GAP
    return whole


def _shot(file: Path, size: tuple[int, int]) -> Image.Image:
    with Image.open(file) as picture:
        seen = Image.new("RGB", size, picture.convert("RGB").getpixel((0, picture.height - 1)))
        seen.paste(picture.convert("RGB").crop((0, 0, size[0], min(size[1], picture.height))))
    return seen.resize((round(size[0] * _HEIGHT / size[1]), _HEIGHT), Image.Resampling.LANCZOS)


def page() -> str:
    """The document."""
    parts = [_INTRODUCTION]
    for title, shown in PARTS.items():
        parts.append(f"\n## {title}\n")
        parts += [
            f"\n{words}\n\n![{words}](gallery/{name}.webp)\n" for name, words in shown.items()
        ]
    return "".join(parts)


if __name__ == "__main__":
    raise SystemExit(main())
