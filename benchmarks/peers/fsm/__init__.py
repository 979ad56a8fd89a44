"""The thin application on django-fsm-2 and django-fsm-log."""
