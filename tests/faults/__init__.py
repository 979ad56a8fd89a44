"""Breaks things in the middle of a handoff, and looks at what is left."""
