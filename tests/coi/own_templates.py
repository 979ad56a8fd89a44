"""A label template of a site's own, for tests: made of one that comes with the program."""

from labels.templates import TEMPLATES, template_text

OWN_TUBE = "own-tube-label"


def own_text(version: int = 1, name: str = OWN_TUBE) -> str:
    """The text of the packaged tube label under another name."""
    text = template_text("tube-label", TEMPLATES["tube-label"].version)
    text = text.replace("name: tube-label", f"name: {name}", 1)
    return text.replace(f"version: {TEMPLATES['tube-label'].version}", f"version: {version}", 1)


def own_of(packaged: str, version: int = 1) -> str:
    """The text of a packaged template under the name of a site's own, with a title of its own."""
    shipped = TEMPLATES[packaged]
    text = template_text(packaged, shipped.version)
    text = text.replace(f"name: {packaged}\n", f"name: own-{packaged}\n", 1)
    text = text.replace(f"title: {shipped.title}", f"title: our {shipped.title}", 1)
    return text.replace(f"version: {shipped.version}\n", f"version: {version}\n", 1)
