"""Run a command with DATABASE_URL and REDIS_URL naming the PostgreSQL and the Redis of this machine.

Servers that are installed but stopped are started, missing ones are installed: nothing is ever skipped. The
role, its databases and what the command left in Redis are removed afterwards.
"""

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import redis

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bin"))
import bootstrap

NAME = f"candidacy_ci_{os.getpid()}"
START_SECONDS = 60


def main(command: list[str]) -> int:
    port = start_postgresql()
    server = start_redis()
    password = secrets.token_urlsafe(16)
    database = f"postgres://{NAME}:{password}@127.0.0.1:{port}/{NAME}"
    number = empty_redis_database(server)
    # CREATEDB: the suite makes databases of its own.
    as_postgres(
        port,
        f"CREATE ROLE {NAME} LOGIN CREATEDB PASSWORD '{password}'",
        f"CREATE DATABASE {NAME} OWNER {NAME}",
    )
    try:
        environment = {"DATABASE_URL": database, "REDIS_URL": f"redis://127.0.0.1:6379/{number}"}
        return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode
    finally:
        owned = as_postgres(port, f"SELECT datname FROM pg_database WHERE datdba = '{NAME}'::regrole").split()
        as_postgres(port, *(f'DROP DATABASE "{name}" WITH (FORCE)' for name in owned), f"DROP ROLE {NAME}")
        redis.Redis(port=6379, db=number).flushdb()


def start_postgresql() -> str:
    """Return the port of a running cluster."""
    if not shutil.which("pg_lsclusters"):
        bootstrap.apt_install(["postgresql"])
    clusters = [line.split() for line in read("pg_lsclusters", "--no-header").splitlines()]
    online = [cluster for cluster in clusters if cluster[3].startswith("online")]
    version, name, port, *_ = (online or clusters)[0]
    if not online:
        bootstrap.say(f"Starting PostgreSQL {version}/{name}")
        bootstrap.run(*as_user("root"), "pg_ctlcluster", "--skip-systemctl-redirect", version, name, "start")
    wait_until(lambda: "1" in as_postgres(port, "SELECT 1"), "PostgreSQL")
    return port


def as_postgres(port: str, *statements: str) -> str:
    """Run statements as the cluster's owner through its socket, as every Debian cluster lets one."""
    query = [word for statement in statements for word in ("--command", statement)]
    psql = ["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--port", port, "--dbname", "postgres"]
    return read(*as_user("postgres"), *psql, "--set", "ON_ERROR_STOP=1", *query)


def start_redis() -> redis.Redis:
    server = redis.Redis(host="127.0.0.1", port=6379)
    if not answers(server):
        if not shutil.which("redis-server"):
            bootstrap.apt_install(["redis-server"])
        if not answers(server):
            bootstrap.say("Starting Redis")
            options = ["--bind", "127.0.0.1", "--port", "6379", "--save", "", "--appendonly", "no"]
            bootstrap.run("redis-server", "--daemonize", "yes", *options)
        wait_until(lambda: answers(server), "Redis")
    return server


def answers(server: redis.Redis) -> bool:
    try:
        return bool(server.ping())
    except redis.ConnectionError:
        return False


def empty_redis_database(server: redis.Redis) -> int:
    """Return the highest database that holds nothing: what others keep in theirs is not ours to flush."""
    used = {int(name.removeprefix("db")) for name in server.info("keyspace")}
    return max(set(range(16)) - used)


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(subprocess.CalledProcessError):
            if condition():
                return
        time.sleep(0.2)
    raise bootstrap.SetupError(f"{what} does not answer after {START_SECONDS} s.")


def as_user(name: str) -> list[str]:
    """Return the words that run a command as another user: we are root, or sudo asks for no password."""
    if os.geteuid() == 0:
        return [] if name == "root" else ["runuser", "-u", name, "--"]
    return ["sudo", "-n", "-u", name]


def read(*command: str) -> str:
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd="/").stdout


bootstrap.main(main)
