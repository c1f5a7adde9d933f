"""bin/start as a person meets it."""

import os
import signal
import subprocess
import sys
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import psutil
import pytest

from tests.setup.sites import ROOT, Site, free_port, own_servers

STOP_SECONDS = 5


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder and, on servers, a database that these tests share: only the first start finds them empty."""
    with own_servers() as servers:
        yield tmp_path_factory.mktemp("site"), servers


@pytest.fixture
def start(place):
    """Start sites; end with the test those that still run."""
    data_dir, servers = place
    sites = []

    def start_site(**environment):
        site = Site(data_dir, free_port(), **{"DEMONSTRATION": "0", **servers, **environment})
        sites.append(site)
        return site

    yield start_site
    for site in sites:
        site.end()


def still_alive(processes):
    _, alive = psutil.wait_procs(processes, timeout=0.2)
    return [process.cmdline() for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_the_site_answers_when_it_says_so(start):
    site = start()

    assert site.lines[-1] == f"Ready: {site.url}"
    assert site.get("/sante/") == "ok"


@pytest.fixture
def squatter():
    """Another program's web server, which answers whatever it is asked, if only that it has no such page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_a_port_taken_while_all_else_was_prepared_is_said_in_one_sentence(squatter):
    command = [sys.executable, "-m", "core.processes", str(squatter)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"Le port {squatter} ne s’ouvre plus : arrêtez le programme qui le tient ou choisissez un autre PORT.\n"
    )


def test_web_server_worker_and_launcher_are_one_process_group(start):
    site = start()

    processes = site.processes()

    assert {os.getpgid(process.pid) for process in processes} == {site.process.pid}
    modules = {process.cmdline()[2] for process in processes[1:]}
    assert modules == {"gunicorn", "celery"}


def test_the_site_listens_on_this_machine_alone(start):
    site = start()

    listening = {
        connection.laddr.ip
        for process in site.processes()
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }

    assert listening == {"127.0.0.1"}


@pytest.mark.parametrize(
    "stop",
    [
        pytest.param(lambda pid: os.kill(pid, signal.SIGTERM), id="SIGTERM"),
        pytest.param(lambda pid: os.killpg(pid, signal.SIGINT), id="Ctrl-C"),
    ],
)
def test_a_stop_ends_every_process_within_five_seconds(start, stop):
    site = start()
    site.wait_for_worker()
    processes = site.processes()
    asked = time.monotonic()

    stop(site.process.pid)

    assert site.process.wait(timeout=30) == 0
    assert time.monotonic() - asked < STOP_SECONDS
    assert still_alive(processes) == []


def test_a_worker_that_does_not_stop_is_killed_with_what_it_started(start):
    site = start()
    site.wait_for_worker()
    processes = site.processes()
    for process in processes[1:]:
        process.suspend()
    asked = time.monotonic()

    site.process.terminate()

    assert site.process.wait(timeout=30) == 0
    assert time.monotonic() - asked < STOP_SECONDS
    assert still_alive(processes) == []


def test_a_killed_launcher_leaves_no_process(start):
    site = start()
    site.wait_for_worker()
    processes = site.processes()

    site.process.kill()
    site.process.wait()

    # Nobody is left to insist: each ends in its own time.
    psutil.wait_procs(processes, timeout=60)
    assert still_alive(processes) == []


@pytest.mark.parametrize("module", ["gunicorn", "celery"])
def test_the_site_ends_with_status_1_when_one_of_its_processes_does(start, module):
    site = start()
    site.wait_for_worker()
    processes = site.processes()
    next(process for process in processes if module in process.cmdline()).kill()

    assert site.process.wait(timeout=30) == 1
    assert still_alive(processes) == []
    assert "s’est interrompu" in site.process.stdout.read()


def test_a_second_start_sets_nothing_up_again(start):
    """What it takes is measured by benchmarks/start.py: here, that all it says is that it is ready."""
    start().end()

    site = start()

    assert site.lines == [f"Ready: {site.url}"]


def test_a_database_that_does_not_answer_is_said_in_one_sentence(start):
    site = start(DATABASE_URL=f"postgres://nobody@127.0.0.1:{free_port()}/nowhere")

    assert site.process.wait(timeout=60) == 1
    assert site.lines[-1].startswith("CommandError: La base de données ne répond pas : ")


def test_a_redis_that_does_not_answer_is_said_in_one_sentence(start):
    site = start(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")

    assert site.process.wait(timeout=60) == 1
    assert site.lines[-1].startswith("CommandError: Redis ne répond pas : ")
