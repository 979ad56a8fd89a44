"""Tests of how other systems are spoken to."""
