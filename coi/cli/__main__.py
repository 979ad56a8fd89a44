"""`python -m coi.cli` is the `coi` command."""

from coi.cli import main

main(prog_name="coi")
