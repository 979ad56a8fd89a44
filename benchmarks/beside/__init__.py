"""Ourselves beside others, on the same work, at the same time: who takes how much of the processor.

The others are installed into environments of their own and run as processes of their own; nothing
of them is imported here.
"""
