"""Tests of `coi`: what everyone in it needs."""
