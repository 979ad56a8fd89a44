"""How other systems are spoken to; plain values in and out, and nothing of the record.

A part that speaks to the network is given every address that it may reach.
"""
