"""What is asked over HTTP: hand one item over, its history, the list, one item."""

from django.db import transaction
from django_fsm import can_proceed, has_transition_perm
from django_fsm_log.models import StateLog
from fsm.models import Item
from passwords import check
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class ItemSchema(serializers.ModelSerializer):
    """An item as it is told."""

    class Meta:
        """All that there is of it."""

        model = Item
        fields = ("id", "serial", "patient", "state", "updated")


class LogSchema(serializers.ModelSerializer):
    """One line of the history."""

    by = serializers.CharField(source="by.username", allow_null=True)

    class Meta:
        """All that there is of it."""

        model = StateLog
        fields = ("id", "timestamp", "by", "source_state", "state", "transition", "description")


class Items(generics.ListAPIView):
    """The list, what changed last first; fifty a page, and how many there are."""

    queryset = Item.objects.order_by("-updated")
    serializer_class = ItemSchema


class History(APIView):
    """What happened to an item."""

    def get(self, _request: Request, number: int) -> Response:
        """Every line, with who it was."""
        lines = StateLog.objects.for_(Item.objects.get(pk=number))
        found = lines.select_related("by").order_by("id")
        return Response(LogSchema(found, many=True).data)


class HandOver(APIView):
    """One handoff: the row locked, conditions and right asked, state and log in one commit."""

    def post(self, request: Request, number: int) -> Response:
        """Take the step that is asked for, if it may be taken."""
        if "password" in request.data:
            check(request.data["password"])
        with transaction.atomic():
            item = Item.objects.select_for_update().get(pk=number)
            step = getattr(item, f"to_{request.data['to']}")
            if not (can_proceed(step) and has_transition_perm(step, request.user)):
                return Response({"detail": "refused"}, status=409)
            step(by=request.user, description=request.data["description"])
            item.save()
        return Response({"id": item.pk, "state": item.state}, status=201)
