"""No setting switches the audit trail off, whatever is written into it (21 CFR 11.10(e)).

Each setting is tried with each value of a list that it takes, its limits among them; then the same
things are done, and leave the same entries. A new setting is tried without being named here.
"""

import re
from contextlib import suppress
from dataclasses import fields, replace

import pytest

from coi.errors import CoiError, Refused, SettingError, WrongPassword
from coi.services.acting import take_action
from coi.services.attempt import TakeAction
from coi.services.ordering import NewOrder, order_therapies
from coi.services.people import grant_role
from coi.services.sessions import sign_in, sign_out
from coi.settings import Setting, Settings, declared_settings
from tests.cast import WHY
from tests.coi.clinic import PASSWORD
from tests.coi.services.conftest import IDENTITY, VALUES

ELSEWHERE = {
    "COI_HOME",
    "COI_DATABASE_URL",
    "COI_OWNER_DATABASE_URL",
    "COI_VAULT_KEY_FILE",
    "COI_CHECKPOINT_KEY_FILE",
}
"""Where a record and its keys lie. Whoever names another place has another record, or none."""

TRIED = (
    *("", "0", "1", "off", "on", "none", "auto", "json", "console", "FULL", "EXTRA", "TEST"),
    *("127.0.0.1", "0.0.0.0/0", "::/0", "*", "nobody", "administrator,coordinator", "x" * 32),
    *("ES256", "RS256,PS256", "en", "de"),
    *("https://coi.example.org", "http://127.0.0.1:9", "tcp://127.0.0.1:9", "udp://127.0.0.1:9"),
    *(
        "qa@example.org",
        "smtp://127.0.0.1:9",
        "/dev/null",
        "/nowhere/at/all",
        "call the ward",
        "0000",
    ),
    f"https://127.0.0.1:9/witness w.example+00000000+B{'A' * 43}",
)
LEFT = [
    ("site", "sign_in"),
    ("site", "sign_out"),
    ("site", "refuse_sign_in"),
    ("site", "grant_role"),
    ("site", "revoke_role"),
    ("act", "order"),
    ("refused", "infuse"),
]
ATTRIBUTE = {one.metadata["setting"].name: one.name for one in fields(Settings)}


def taken_by(setting: Setting) -> list[object]:
    """What the setting makes of each value that it takes, the limits that it names among them."""
    limits = [
        text.replace(",", "")
        for found in re.findall(r"\((\d+) to (\d+)\)", setting.explanation)
        for text in found
    ]
    values: list[object] = []
    for text in (*TRIED, *limits):
        with suppress(SettingError):
            value = setting.read_from({setting.name: text}, home="/nowhere")
            values += [] if value in values else [value]
    # Of numbers, the ends of what is allowed; of all else, as many as differ.
    return [min(values), max(values)] if {*map(type, values)} == {int} else values[:5]


EVERY = [
    (one.name, value)
    for one in declared_settings()
    if one.name not in ELSEWHERE
    for value in taken_by(one)
]


def newest(installation, before: int) -> list[tuple[str, str, str]]:
    """What was recorded since there were so many entries."""
    said = "SELECT kind, action, actor FROM entry ORDER BY recorded_at, chain, seq"
    with installation.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(said)][before:]


def done_by(clinic, installation, number: int) -> list[tuple[str, str, str]]:
    """Come in, be turned away, give a role, order, be refused, leave; returns what is on record."""
    before = len(newest(installation, 0))
    with suppress(CoiError):  # a setting may ask more of whoever comes in; nothing happened then
        sign_out(installation, sign_in(installation, "carla", PASSWORD))
    with pytest.raises(WrongPassword):
        sign_in(installation, "carla", "not this one")
    role = ("carla", "auditor", "works-production")
    grant_role(installation, clinic.root, *role)
    grant_role(installation, clinic.root, *role, holds=False, why=WHY)
    order = NewOrder(IDENTITY, "autologous-car-t", "north-ward", VALUES, key=f"order-{number}")
    (receipt,) = order_therapies(installation, [order], clinic.carla)
    wanted = TakeAction(receipt.coi, "infuse", "north-ward", f"infuse-{number}")
    with pytest.raises(Refused):
        take_action(installation, wanted, clinic.carla, ())
    return newest(installation, before)


def test_every_setting_is_tried_with_more_than_one_value():
    """So that none is passed over because nothing of the list was one for it."""
    names = [name for name, _value in EVERY]

    assert {*names} == {one.name for one in declared_settings()} - ELSEWHERE
    assert {name for name in names if names.count(name) == 1} == set()


def test_no_value_of_any_setting_keeps_anything_out_of_the_record(clinic):
    """The same deeds leave the same entries, also the ones that were refused (P11-10e)."""
    usual = done_by(clinic, clinic.installation, 0)
    found = {}
    for number, (name, value) in enumerate(EVERY, start=1):
        settings = replace(clinic.installation.settings, **{ATTRIBUTE[name]: value})
        here = replace(clinic.installation, settings=settings)
        left = done_by(clinic, here, number)
        if left != usual:
            found[name, repr(value)] = left

    assert [(kind, action) for kind, action, _actor in usual] == LEFT
    assert found == {}
