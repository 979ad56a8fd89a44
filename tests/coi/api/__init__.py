"""Tests of what programs are served."""
