"""Codes of others, read and built beside our own: ISBT 128, GS1, the European code of tissues.

`scans.read_scan` is the one entry. What it gives is compared as parsed fields, never as strings:
the same identifier in two carriers is equal, and equal strings of two kinds are not.
"""
