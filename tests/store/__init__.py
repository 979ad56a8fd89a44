"""Tests of the store: what the tables refuse, and how they are opened, migrated and watched."""
