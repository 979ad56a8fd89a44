"""Where what stands."""

from django.urls import path
from fsm.views import HandOver, History, Items

urlpatterns = [
    path("items/", Items.as_view()),
    path("items/<int:number>/history/", History.as_view()),
    path("items/<int:number>/hand-over/", HandOver.as_view()),
]
