"""Django's settings of a peer: its database by the environment, as durable as ours, as few parts.

Run in an environment of the peer's own, never imported by the product.
"""

import os

PEER = os.environ["BENCH_PEER"]
SECRET_KEY = "for the benchmark only"  # noqa: S105 - nobody else reaches this server
ALLOWED_HOSTS = ["127.0.0.1"]
USE_TZ = True
ROOT_URLCONF = f"{PEER}.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
_ADDED = {"fsm": ["django_fsm_log"], "papel": ["simple_history", "sinpapel"]}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "rest_framework",
    "rest_framework.authtoken",
    *_ADDED[PEER],
    PEER,
]
_DURABLE = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON"
_SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": os.environ.get("BENCH_FILE", ""),
    # Its default begins as a reader, and fails where two write: that would be measured otherwise.
    "OPTIONS": {"timeout": 30, "transaction_mode": "IMMEDIATE", "init_command": _DURABLE},
    "CONN_MAX_AGE": None,
}
_POSTGRESQL = {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": os.environ.get("BENCH_NAME", ""),
    "USER": os.environ.get("BENCH_USER", ""),
    "HOST": "127.0.0.1",
    "PORT": os.environ.get("BENCH_PORT", ""),
    "CONN_MAX_AGE": None,
}
DATABASES = {"default": _SQLITE if "BENCH_FILE" in os.environ else _POSTGRESQL}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 50,
}
SINPAPEL_SIGNATURE_BACKEND = "sinpapel.signing.backends.manual.ManualBackend"
