"""Makes the peer's tables, one person with a token, and ten thousand items: `python begin.py`."""

import os
from importlib import import_module

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()
call_command("migrate", verbosity=0)  # what comes with Django, before what refers to it
call_command("migrate", verbosity=0, run_syncdb=True)
import_module(f"{os.environ['BENCH_PEER']}.seed").seed(int(os.environ["BENCH_ITEMS"]))
