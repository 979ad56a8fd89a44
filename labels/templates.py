"""Every label template by name; an approval refers to name, version and hash."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from labels import bag_label, location_label, wristband
from labels.layout import Template

TEMPLATES: Final[Mapping[str, Template]] = MappingProxyType(
    {
        template.name: template
        for template in (bag_label.TEMPLATE, location_label.TEMPLATE, wristband.TEMPLATE)
    },
)
