"""The documents, read back from their pages as a person and a scanner would."""
