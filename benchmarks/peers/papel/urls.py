"""What sinpapel-drf serves, and the list that it leaves to whoever uses it."""

from django.urls import include, path
from papel.models import Item
from passwords import check
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class ItemSchema(serializers.ModelSerializer):
    """An item as it is told."""

    state = serializers.CharField(source="state.nombre")

    class Meta:
        """All that a list shows."""

        model = Item
        fields = ("id", "serial", "patient", "state", "actualizado")


class Items(generics.ListAPIView):
    """The list, what changed last first; fifty a page, and how many there are."""

    queryset = Item.objects.select_related("state").order_by("-actualizado")
    serializer_class = ItemSchema


class Prove(APIView):
    """A password check by itself: sinpapel's manual signature asks for none."""

    def post(self, request: Request) -> Response:
        """Check it."""
        check(request.data["password"])
        return Response({"proven": True})


urlpatterns = [
    path("list/", Items.as_view()),
    path("prove/", Prove.as_view()),
    path("api/", include("sinpapel_drf.urls")),
]
