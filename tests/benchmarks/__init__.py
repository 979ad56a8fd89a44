"""Tests of the harness that measures: its arithmetic, its tables, and that it runs."""
