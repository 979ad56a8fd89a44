"""Codes of others: each format by its vectors, its traps by name, and all of them by chance."""
