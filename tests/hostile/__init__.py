"""Attempts to get something wrong past the use cases: each test says what must not be possible."""
