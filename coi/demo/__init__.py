"""A made-up world to try the product in: two hospitals, a manufacturer, and their people.

Everything here goes through the same use cases as real work. Never for clinical use.
"""
