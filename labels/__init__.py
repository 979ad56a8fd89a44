"""What is printed and scanned: identifiers, symbols, label templates.

This package is pure. It is given text and values and gives back values and bytes; it knows no
clock, no environment, no database and no web, and it imports nothing of `coi` or `workflows`. The
only files it reads are its own fonts and templates.
"""
