"""The `coi` command."""
