"""A label template of a site's own, for tests: made of one that comes with the program."""

from labels.templates import TEMPLATES, template_text

OWN_TUBE = "own-tube-label"


def own_text(version: int = 1, name: str = OWN_TUBE) -> str:
    """The text of the packaged tube label under another name."""
    text = template_text("tube-label", TEMPLATES["tube-label"].version)
    text = text.replace("name: tube-label", f"name: {name}", 1)
    return text.replace(f"version: {TEMPLATES['tube-label'].version}", f"version: {version}", 1)
