"""A label printer that is not there: it takes ZPL and gives the picture that would be printed."""

import gzip
from base64 import b64decode
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from labels.layout import DOTS_PER_MM, Resolution, Template

VENDORED = Path(__file__).parents[1] / "vendor" / "zpl-renderer-js-3.4.0"
UNPACKED_SHA256 = "d13709586b0ede9e89a51f2f737824d29d20bdb1bc2567933d1920c697b62061"
PRINT = "([zpl, w, h, dots]) => zpljs.getApi().then(api => api.zplToBase64Async(zpl, w, h, dots))"


def a_printer(browser: Browser) -> Page:
    """Give a page in which the vendored renderer runs, after a look at what it is."""
    program = gzip.decompress((VENDORED / "index.umd.js.gz").read_bytes())
    assert sha256(program).hexdigest() == UNPACKED_SHA256
    page = browser.new_page()
    page.add_script_tag(content=program.decode())
    return page


def printed(printer: Page, zpl: bytes, template: Template, resolution: Resolution) -> Image.Image:
    """Print a label; give its dots, black or white."""
    asked = [zpl.decode(), template.width_mm, template.height_mm, DOTS_PER_MM[resolution]]
    picture = Image.open(BytesIO(b64decode(printer.evaluate(PRINT, asked))))
    return picture.convert("L").point(lambda grey: 0 if grey < 128 else 255)
