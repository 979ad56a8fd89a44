"""Printers: what is sent to one, and what it says. Plain values; nothing else of the product.

"Sent" is not "printed" (LB-03): every way to a printer ends in one of four outcomes, and where
nobody can tell whether a label came out, that is what the outcome says.
"""
