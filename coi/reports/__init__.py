"""The documents: plain values in, the bytes of a PDF out; no clock, no database, no look-ups.

The same values give the same bytes, with the same versions of the libraries.
"""
