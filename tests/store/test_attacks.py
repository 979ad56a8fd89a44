"""No forgery gets into the record through any door; each is refused by the foreseen name."""

import pytest

import tests.store.attacks_on_beginnings
import tests.store.attacks_on_chains
import tests.store.attacks_on_custody
import tests.store.attacks_on_identity
import tests.store.attacks_on_labels
import tests.store.attacks_on_layers
import tests.store.attacks_on_packing
import tests.store.attacks_on_registers
import tests.store.attacks_on_steps
import tests.store.attacks_on_transcriptions
import tests.store.attacks_on_tree  # noqa: F401 - importing an attack adds it to the list
from tests.store.attacks import AT_FIRST, ATTACKS
from tests.store.doors import Refused, typed_into_prompt

ON_POSTGRESQL = [attack for attack in ATTACKS if attack.on_postgresql]


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_it_is_refused_by_the_product_on_sqlite(product, attack):
    """The product's own connection to SQLite refuses the forgery by name."""
    with pytest.raises(Refused) as refusal:
        attack.forge(product)

    assert refusal.value.name == attack.refused_by


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_it_is_refused_at_a_bare_prompt(bare, attack, bare_world):
    """Python's sqlite3 and SQLite's own prompt, with foreign keys off, refuse it by name."""
    with pytest.raises(Refused) as refusal:
        attack.forge(bare)

    assert refusal.value.name == attack.refused_by
    typed = tuple(bare.door.executed)
    bare.door.execute("ROLLBACK")
    complaint = typed_into_prompt(bare_world, typed)
    assert attack.refused_by.removeprefix("not null ") in complaint


@pytest.mark.parametrize("attack", ON_POSTGRESQL, ids=str)
def test_it_is_refused_on_postgresql(postgres, attack):
    """The role of every day on PostgreSQL is refused by name."""
    with pytest.raises(Refused) as refusal:
        attack.forge(postgres)

    assert refusal.value.name == attack.on_postgresql


@pytest.mark.parametrize("attack", AT_FIRST, ids=str)
def test_it_is_refused_before_anything_was_signed(beginning, attack):
    """Through each door the first checkpoint is refused by name, if it is forged."""
    with pytest.raises(Refused) as refusal:
        attack.forge(beginning)

    assert refusal.value.name == attack.refused_by
