"""Whatever the description allows is sent, and much that it does not: no answer breaks its word."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig

print(SchemathesisConfig)
