"""A camera that is not there: it shows labels that lie on a table, a little askew and not sharp.

A label may be seen from aside, so that what is farther is smaller, or lie around an arm.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import asin, cos, radians, sin
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

from labels.content import Content
from labels.proof import dots_of_page, proven
from labels.raster import dots_of

SIZE = (1280, 720)
TABLE, LEAN, UNSHARP = 150, 4.0, 0.8
"""The grey of the table; degrees; pixels over which an edge is smeared."""

AWAY = 1600  # pixels between a label and the camera: about the breadth of a hand, at 300 dpi
_STEP = 4  # pixels: so broad is each strip of what is bent

FRAMES, DRIFT = 10, 3
"""How many pictures come one after the other, and how many pixels the hand moves between them."""

_STANDS_IN = """() => {
  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
    const drawing = canvas.getContext("2d");
    const picture = new Image();
    await new Promise((shown) => {
      picture.onload = shown;
      picture.src = SCENE;
    });
    setInterval(() => drawing.drawImage(picture, 3 * Math.random(), 0), 50);
    return canvas.captureStream(20);
  };
}"""


@dataclass(frozen=True, slots=True)
class Lying:
    """A label on the table, and how far from the middle of the picture one of its symbols lies."""

    content: Content
    payload: str  # the symbol, by what it holds
    beside: tuple[int, int] = (0, 0)  # pixels to the right, and down
    lean: float = LEAN
    aside: float = 0  # degrees from which it is seen, from the left
    above: float = 0  # degrees from which it is seen, from above
    around_mm: float = 0  # the radius of what it lies around; 0 is flat


def scene_of(labels: Sequence[Lying], unsharp: float = UNSHARP) -> Image.Image:
    """What a camera sees of labels: each turned about the symbol that is named, and smeared."""
    scene = Image.new("L", SIZE, TABLE)
    for lying in labels:
        print_, middle = _printed(lying)
        table = Image.new("L", SIZE, TABLE)
        table.paste(print_, tuple(side // 2 - at for side, at in zip(SIZE, middle, strict=True)))
        turned = table.rotate(lying.lean, Image.Resampling.BICUBIC, fillcolor=TABLE)
        turned = _seen_from(turned, lying)
        moved = Image.new("L", SIZE, TABLE)
        moved.paste(turned, lying.beside)
        scene.paste(moved, mask=_label_of(moved))
    return scene.filter(ImageFilter.GaussianBlur(unsharp))


def _seen_from(flat: Image.Image, lying: Lying) -> Image.Image:
    """What lies in the middle, bent and seen from where the camera is."""
    bent = _bent(flat, dots_of(lying.around_mm, 300)) if lying.around_mm else flat
    upright = bent.transpose(Image.Transpose.ROTATE_90)
    back = _aside(upright, lying.above).transpose(Image.Transpose.ROTATE_270)
    return _aside(back if lying.above else bent, lying.aside)


def _aside(flat: Image.Image, degrees: float) -> Image.Image:
    """What is turned about the upright line through its middle: one side comes nearer."""
    if not degrees:
        return flat
    turn, lift = cos(radians(degrees)), sin(radians(degrees))
    x, y = flat.width / 2, flat.height / 2
    depth = AWAY * turn + x * lift
    told = (
        *((AWAY - x * lift) / depth, 0, x * (depth - AWAY) / depth),
        *(-y * lift / depth, AWAY * turn / depth, y * (depth - AWAY * turn) / depth),
        *(-lift / depth, 0),
    )
    how = Image.Transform.PERSPECTIVE
    return flat.transform(flat.size, how, told, Image.Resampling.BICUBIC, fillcolor=TABLE)


def _bent(flat: Image.Image, radius: int) -> Image.Image:
    """What lies around a pole that stands in the middle: no more than its front half is seen."""
    middle, height = flat.width // 2, flat.height
    first = max(0, middle - radius + 1)
    last = min(flat.width, middle + radius - 1) - _STEP

    def unrolled(at: int) -> float:
        return middle + radius * asin((at - middle) / radius)

    strips = []
    for at in range(first, last, _STEP):
        left, right = unrolled(at), unrolled(at + _STEP)
        source = (left, 0, left, height, right, height, right, 0)
        strips.append(((at, 0, at + _STEP, height), source))
    seen = flat.transform(flat.size, Image.Transform.MESH, strips, Image.Resampling.BICUBIC)
    table, front = Image.new("L", flat.size, TABLE), (first, 0, last, height)
    table.paste(seen.crop(front), front[:2])
    return table


def _printed(lying: Lying) -> tuple[Image.Image, tuple[int, int]]:
    """A label dot for dot, and where the middle of its symbol is."""
    template = lying.content.template
    dots = dots_of_page(proven(lying.content).pdf, template, 300)
    (slot,) = (one for one in template.symbols if one.payload == lying.payload)
    x, y = slot.x_mm + slot.width_mm / 2, slot.y_mm + slot.height_mm / 2
    picture = Image.frombytes("L", (dots.width, dots.height), dots.dots)
    return picture, (dots_of(x, 300), dots_of(y, 300))


def _label_of(picture: Image.Image) -> Image.Image:
    """Where something lies on the table."""
    return ImageChops.difference(picture, Image.new("L", SIZE, TABLE)).point(
        lambda grey: 255 if grey else 0
    )


def film_of(scene: Image.Image, file: Path) -> Path:
    """Write what a camera sees for as long as somebody looks, in a hand that is not still."""
    with file.open("wb") as into:
        for n in range(FRAMES):
            ImageChops.offset(scene, DRIFT * (n % 3), 0).convert("RGB").save(into, "JPEG")
    return file


def standing_in(scene: Image.Image) -> str:
    """A script after which a page takes this for what its camera sees."""
    png = BytesIO()
    scene.save(png, "PNG")
    address = f"data:image/png;base64,{b64encode(png.getvalue()).decode()}"
    return f"({_STANDS_IN.replace('SCENE', repr(address))})()"
