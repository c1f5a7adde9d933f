"""What the addresses of the servers become: the database as it is shared, the mail as it is encrypted."""

import runpy
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

SQLITE = {"transaction_mode": "IMMEDIATE", "timeout": 20}


@pytest.fixture
def base(monkeypatch):
    """Return what the settings say in an environment that holds these variables and no other of the servers."""

    def read(**environment):
        monkeypatch.setenv("READ_DOTENV", "0")
        for name in ("DATABASE_URL", "DATABASE_POOL_SIZE", "REDIS_URL", "EMAIL_URL"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(f"{name}_FILE", raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(Path(settings.BASE_DIR) / "config" / "settings" / "base.py"))

    return read


@pytest.mark.parametrize("environment", [{}, {"DATABASE_URL": "sqlite:////tmp/some.sqlite3"}])
def test_sqlite_is_set_up_for_processes_that_share_it(base, environment):
    options = base(**environment)["DATABASES"]["default"]["OPTIONS"]

    assert SQLITE.items() <= options.items()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite")
def test_a_connection_to_sqlite_waits_checks_keys_and_lets_others_read_while_it_writes():
    told = {}
    with connection.cursor() as cursor:
        for name in ("journal_mode", "foreign_keys", "busy_timeout"):
            told[name] = cursor.execute(f"PRAGMA {name}").fetchone()[0]

    assert told == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 20_000}
    assert connection.transaction_mode == "IMMEDIATE"


@pytest.mark.parametrize(
    ("environment", "size"), [({}, 8), ({"DATABASE_POOL_SIZE": "3"}, 3)], ids=["default", "chosen"]
)
def test_postgresql_has_a_pool_of_connections_that_are_looked_at_before_use(base, environment, size):
    database = base(DATABASE_URL="postgres://someone@db.example/candidacy", **environment)["DATABASES"]

    assert database["default"]["OPTIONS"]["pool"] == {"min_size": 1, "max_size": size, "timeout": 10}
    assert database["default"]["CONN_HEALTH_CHECKS"] is True


@pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL")
def test_a_connection_to_postgresql_comes_from_the_pool():
    assert connection.pool.max_size == connection.settings_dict["OPTIONS"]["pool"]["max_size"]


def test_another_database_is_refused(base):
    with pytest.raises(ImproperlyConfigured, match="PostgreSQL or SQLite"):
        base(DATABASE_URL="mysql://someone@db.example/candidacy")


SMTP = "django.core.mail.backends.smtp.EmailBackend"
FILES = "django.core.mail.backends.filebased.EmailBackend"
SIGNED_IN = {"BACKEND": SMTP, "HOST": "mail.example", "HOST_USER": "me", "HOST_PASSWORD": "p@ss"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", {"BACKEND": FILES, "PORT": 25}),
        ("smtp://mail:1025", {"BACKEND": SMTP, "HOST": "mail", "PORT": 1025}),
        ("smtp://mail.example", {"BACKEND": SMTP, "HOST": "mail.example", "PORT": 25}),
        ("smtp+tls://me:p%40ss@mail.example:587", {**SIGNED_IN, "PORT": 587, "USE_TLS": True}),
        ("smtp+ssl://me:p%40ss@mail.example:465", {**SIGNED_IN, "PORT": 465, "USE_SSL": True}),
    ],
)
def test_the_address_of_the_mail_server_says_how_to_reach_it(base, address, expected):
    read = base(**({"EMAIL_URL": address} if address else {}))

    names = ("BACKEND", "HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    assert {name: read[f"EMAIL_{name}"] for name in names if read[f"EMAIL_{name}"]} == expected
    assert read["EMAIL_TIMEOUT"] == 20
