"""PostgreSQL and Redis for the second run of the suite: used, started or installed, and never done without.

The commands of the machine are scripts that keep their state in files.
"""

import pytest

from tests.setup.conftest import loaded_program

#: Runs the command as another user would: what comes before it is dropped.
AS_OTHER = 'while [ "${1#-}" != "$1" ]; do [ "$1" = -u ] && shift; shift; done; exec "$@"'


@pytest.fixture
def servers(monkeypatch):
    module = loaded_program(".ci/servers.py", monkeypatch)
    monkeypatch.setattr(module, "START_SECONDS", 0.5)
    return module


class Machine:
    """A machine of scripts: ``ran`` tells what was installed and started on it."""

    def __init__(self, folder):
        self.path, self.packages = folder / "path", folder / "packages"
        self.log, self.runs = folder / "log", folder / "runs"
        for made in (self.path, self.packages, self.runs):
            made.mkdir(parents=True)
        self.log.touch()
        for name, text in {
            "env": 'shift; exec "$@"',
            "sudo": AS_OTHER,
            "runuser": AS_OTHER,
            "dpkg": ":",
            "apt-get": f'{self.notes("apt-get")}[ "$1" != install ] || /bin/cp -p {self.packages}/* {self.path}/',
            "psql": f"[ -e {self.runs}/postgresql ] && echo 1",
        }.items():
            self.add(name, text)

    def notes(self, name):
        return f'echo "{name} $*" >> {self.log}; '

    def add(self, name, text, *, to=None):
        script = (to or self.path) / name
        script.write_text(f"#!/bin/sh\n{text}\n")
        script.chmod(0o755)

    def have_postgresql(self, *clusters, to=None):
        self.add("pg_lsclusters", "; ".join(f'echo "{cluster}"' for cluster in clusters), to=to)
        self.add("pg_ctlcluster", f"{self.notes('pg_ctlcluster')}: > {self.runs}/postgresql", to=to)

    def have_redis(self, *, to=None):
        self.add("redis-server", f"{self.notes('redis-server')}: > {self.runs}/redis", to=to)

    def start(self, name):
        (self.runs / name).touch()

    @property
    def ran(self):
        return [" ".join(line.split()[:2]) for line in self.log.read_text().splitlines()]


@pytest.fixture
def machine(tmp_path, monkeypatch, servers):
    machine = Machine(tmp_path / "machine")
    monkeypatch.setenv("PATH", str(machine.path))
    monkeypatch.setattr(servers, "answers", lambda server: (machine.runs / "redis").exists())
    return machine


DOWN = "15 main 5433 down postgres /somewhere /somewhere.log"
ONLINE = "16 other 5434 online postgres /somewhere /somewhere.log"


def test_a_running_cluster_is_used_before_one_that_is_stopped(servers, machine):
    machine.have_postgresql(DOWN, ONLINE)
    machine.start("postgresql")

    assert servers.start_postgresql() == "5434"
    assert machine.ran == []


def test_a_stopped_cluster_is_started(servers, machine):
    machine.have_postgresql(DOWN)

    assert servers.start_postgresql() == "5433"
    assert machine.ran == ["pg_ctlcluster --skip-systemctl-redirect"]
    assert "15 main start" in machine.log.read_text()


def test_an_absent_postgresql_is_installed_and_started(servers, machine):
    machine.have_postgresql(DOWN, to=machine.packages)

    assert servers.start_postgresql() == "5433"
    assert machine.ran == ["apt-get update", "apt-get install", "pg_ctlcluster --skip-systemctl-redirect"]
    assert machine.log.read_text().splitlines()[1].endswith(" postgresql")


def test_a_running_redis_is_used(servers, machine):
    machine.have_redis()
    machine.start("redis")

    servers.start_redis()

    assert machine.ran == []


def test_a_stopped_redis_is_started_for_this_machine_alone(servers, machine):
    machine.have_redis()

    servers.start_redis()

    assert machine.ran == ["redis-server --daemonize"]
    assert "--bind 127.0.0.1" in machine.log.read_text()


def test_an_absent_redis_is_installed_and_started(servers, machine):
    machine.have_redis(to=machine.packages)

    servers.start_redis()

    assert machine.ran == ["apt-get update", "apt-get install", "redis-server --daemonize"]


@pytest.mark.parametrize("name", ["postgresql", "redis"])
def test_a_server_that_does_not_answer_is_an_error_and_nothing_is_skipped(servers, machine, name):
    machine.have_postgresql(DOWN)
    machine.have_redis()
    for program in ("pg_ctlcluster", "redis-server"):
        machine.add(program, ":")

    with pytest.raises(servers.bootstrap.SetupError, match=r"does not answer after"):
        getattr(servers, f"start_{name}")()


def test_what_was_made_for_the_run_is_removed_and_its_status_is_handed_on(servers, machine, monkeypatch):
    machine.add("psql", f'{machine.notes("psql")}case "$*" in *pg_database*) echo ours;; esac; echo 1')
    machine.have_postgresql(ONLINE)
    machine.start("redis")
    flushed = []

    class Redis:
        def __init__(self, *, port, host="127.0.0.1", db=0):
            self.db = db

        def info(self, _section):
            return {"db15": {}, "db3": {}}

        def flushdb(self):
            flushed.append(self.db)

    monkeypatch.setattr(servers.redis, "Redis", Redis)
    machine.add("command", f'echo "with $DATABASE_URL $REDIS_URL" >> {machine.log}; exit 7')

    status = servers.main(["command"])

    said = machine.log.read_text()
    assert status == 7
    assert f"@127.0.0.1:5434/{servers.NAME} redis://127.0.0.1:6379/14" in said
    assert said.index(f"CREATE ROLE {servers.NAME}") < said.index("with postgres://")
    assert said.index("with postgres://") < said.index('DROP DATABASE "ours"') < said.index("DROP ROLE")
    assert flushed == [14]
