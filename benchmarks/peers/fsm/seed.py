"""One person who may hand over, and the items."""

from django.contrib.auth.models import Permission, User
from fsm.models import MAY_HAND_OVER, Item
from rest_framework.authtoken.models import Token
from ring import TOKEN


def seed(items: int) -> None:
    """Fill the empty database."""
    person = User.objects.create_user("nina")
    person.user_permissions.add(Permission.objects.get(codename=MAY_HAND_OVER))
    Token.objects.create(user=person, key=TOKEN)
    Item.objects.bulk_create(
        Item(serial=f"B-{number:06}", patient=f"P-{number:06}") for number in range(1, items + 1)
    )
