"""One person in the group that may hand over, the flow with a signature at each step, the items."""

from django.contrib.auth.models import Group, User
from papel.models import Item
from rest_framework.authtoken.models import Token
from ring import NEXT, STATES, TOKEN
from sinpapel.models.workflow import ConfiguracionTransicion, Estado, VersionFlujo


def seed(items: int) -> None:
    """Fill the empty database."""
    person, group = User.objects.create_user("nina"), Group.objects.create(name="handlers")
    person.groups.add(group)
    Token.objects.create(user=person, key=TOKEN)
    flow = VersionFlujo.objects.create(nombre="items", activo=True)
    states = {
        name: Estado.objects.create(nombre=name, activo=True, orden=order)
        for order, name in enumerate(STATES)
    }
    for source, target in NEXT.items():
        step = ConfiguracionTransicion.objects.create(
            flujo=flow,
            estado_origen=states[source],
            estado_destino=states[target],
            requiere_firma=True,
        )
        step.grupos_permitidos.add(group)
    Item.objects.bulk_create(
        Item(
            serial=f"B-{number:06}",
            patient=f"P-{number:06}",
            state=states[STATES[0]],
            flow=flow,
            autor=person,
            modificador=person,
        )
        for number in range(1, items + 1)
    )
