"""What the ledger's bytes say, and what is found when they or the tables are changed."""
