"""Whole therapies, told in order: the one that goes well, and those that do not."""
