"""The record: its tables, what refuses a broken chain, and how one reads and writes it.

The only part of the product that knows which database it runs on.
"""
