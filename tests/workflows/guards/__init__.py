"""Each named condition: holds, fails, fails with another."""
