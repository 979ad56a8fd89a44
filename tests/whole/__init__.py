"""Tests about the whole: what no single module can promise."""
