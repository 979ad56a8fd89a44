"""What PostgreSQL's programs are told, and what is said when one of them is not of use."""

import os
from dataclasses import replace

import pytest
from sqlalchemy import make_url

from coi.services.backups import back_up
from coi.services.drills import drill
from coi.store.copying import CannotCopy
from coi.store.postgresql_programs import dump
from tests.faults.instances import Places

SAID = """#!/bin/sh
[ "$1" = --version ] && echo "pg_dump (PostgreSQL) {version}" && exit 0
echo "$@" > {folder}/arguments
env > {folder}/environment
echo "it is Sunday" >&2
exit 1
"""
PASSWORD = "s3cret p@ss"


@pytest.fixture
def instance(on_postgres, postgres_server, opened, tmp_path):
    """The clinic's installation on PostgreSQL."""
    url, _bags = on_postgres
    settings = Places(tmp_path / "places", postgres_server).settings("clinic", url)
    return replace(opened(url).installation, settings=settings)


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Put a program in the place of pg_dump, that says it has this version and then gives up."""

    def put(version):
        folder = tmp_path / "bin"
        folder.mkdir()
        file = folder / "pg_dump"
        file.write_text(SAID.format(version=version, folder=folder))
        file.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        return folder

    return put


def test_an_older_program_is_refused(instance, program, tmp_path):
    """It would leave out what it does not know."""
    program("9.6.24")

    with pytest.raises(CannotCopy, match=r"9\.6\.24 is older than the server"):
        back_up(instance, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_a_program_that_gives_up_says_why(instance, program, tmp_path):
    """In its own words; nothing is left."""
    program("99.1")

    with pytest.raises(CannotCopy, match="pg_dump gave up: it is Sunday"):
        back_up(instance, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_a_password_stands_in_no_list_of_processes(instance, program, tmp_path, monkeypatch):
    """It is told in the environment, and of our own settings the program is told nothing."""
    folder = program("99.1")
    monkeypatch.setenv("COI_DATABASE_URL", "secret")
    url = make_url(instance.settings.owner_database_url).set(password=PASSWORD)

    def look(tx):
        with pytest.raises(CannotCopy) as raised:
            dump(tx, url.render_as_string(hide_password=False), tmp_path / "copy")
        return str(raised.value)

    assert PASSWORD not in instance.read(look)
    assert PASSWORD not in (folder / "arguments").read_text()
    environment = (folder / "environment").read_text()
    assert f"PGPASSWORD={PASSWORD}" in environment
    assert "COI_DATABASE_URL" not in environment


def test_a_role_that_may_create_no_database_fails_the_drill_on_record(instance):
    """What it takes is said; a drill that could not be held is none that passed."""
    only = replace(instance.settings, owner_database_url=instance.settings.database_url)

    drilled = drill(replace(instance, settings=only))

    assert (drilled.passed, "permission denied to create database" in drilled.told) == (False, True)


def test_the_role_of_every_day_can_make_a_backup(instance, tmp_path):
    """It reads all that there is; the owner of the tables is not needed on that machine."""
    only = replace(instance.settings, owner_database_url=instance.settings.database_url)

    assert back_up(replace(instance, settings=only), tmp_path / "backup").entries
