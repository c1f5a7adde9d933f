"""The benchmarks themselves, on sides that take the time that they say; none is run."""

import importlib.machinery
import importlib.util
import inspect
import json
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from benchmarks import _many_rows, start
from benchmarks._pairs import compare, compare_each, seconds

ROOT = Path(settings.BASE_DIR)
FIELDS = {"name", "ratio", "limit", "rounds", "ours_seconds", "theirs_seconds"}


@pytest.fixture
def runner():
    """The program benchmarks/run, as a module."""
    loader = importlib.machinery.SourceFileLoader("benchmarks_run", str(ROOT / "benchmarks" / "run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def ended(runner, monkeypatch, *arguments, ratio=1.0):
    """Run the program on benchmarks that measure ``ratio`` for a limit of 1.5; return its status."""
    monkeypatch.setattr(sys, "argv", ["benchmarks/run", *arguments])
    result = {"name": "some", "ratio": ratio, "limit": 1.5}
    monkeypatch.setattr(runner, "_module", lambda name: SimpleNamespace(measure=lambda: iter([result])))
    return runner.main()


def test_the_list_names_every_benchmark_with_what_it_measures():
    done = subprocess.run(
        [sys.executable, "benchmarks/run", "--list"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    lines = [line.partition(": ") for line in done.stdout.splitlines()]
    assert [name for name, _, _ in lines] == ["mail", "pages", "pdf", "saving", "start"]
    assert all(len(subject) > 20 for _, _, subject in lines)


def test_a_comparison_gives_the_median_ratio_of_its_pairs():
    ours, theirs = iter([1.0, 4.0, 3.0, 2.0, 9.0]), iter([1.0, 2.0, 2.0, 2.0, 3.0])

    result = compare(name="some", limit=2.5, ours=lambda: next(ours), theirs=lambda: next(theirs))

    assert result.keys() == FIELDS
    assert result == {
        "name": "some",
        "ratio": 1.5,
        "limit": 2.5,
        "rounds": 5,
        "ours_seconds": 3.0,
        "theirs_seconds": 2.0,
    }


def test_each_side_goes_first_in_turn():
    order = []

    def side(name):
        return lambda: order.append(name) or 1.0

    compare(name="some", limit=1, ours=side("ours"), theirs=side("theirs"), rounds=4)

    assert order == ["ours", "theirs", "theirs", "ours"] * 2


def test_one_run_of_theirs_a_round_is_compared_with_each_of_ours():
    ran = []

    results = compare_each(
        ours={"half": (1, lambda: 1.0), "double": (3, lambda: 4.0)},
        theirs=lambda: ran.append("theirs") or 2.0,
    )

    assert [(result["name"], result["ratio"], result["limit"]) for result in results] == [
        ("half", 0.5, 1),
        ("double", 2.0, 3),
    ]
    assert len(ran) == 5


def test_a_second_start_is_measured_with_and_without_the_demonstration(monkeypatch):
    started, told = [], []
    monkeypatch.setattr(start, "scratch_environment", lambda scratch, settings: {"DATA_DIR": str(scratch)})
    monkeypatch.setattr(start, "output_of", lambda environment, *command: told.append((environment, command)))
    monkeypatch.setattr(start, "_start", started.append)
    monkeypatch.setattr(start, "_served_after", lambda environment: 1.0)

    names = [result["name"] for result in start.measure()]

    assert names == ["start", "start-demonstration"]
    empty, loaded = started[:2]
    assert (empty["DEMONSTRATION"], loaded["DEMONSTRATION"]) == ("0", "1")
    assert empty["DATA_DIR"] != loaded["DATA_DIR"]
    assert told == [(loaded, ("manage.py", "load_demonstration"))]


def test_every_page_that_is_measured_answers_with_its_rows_beside_its_floor(client, capsys, settings):
    settings.ROOT_URLCONF = "benchmarks._bare"
    _many_rows.fill(6)
    key, *lines = capsys.readouterr().out.splitlines()
    client.cookies[settings.SESSION_COOKIE_NAME] = key

    pages = [line.split("\t") for line in lines]
    assert {"outbox-ahead", "committee-list", "edition-list", "export-list"} < {page[0] for page in pages}
    for name, ours, floor, _limit in pages:
        answers = [client.get(address) for address in (ours, floor)]
        assert [answer.status_code for answer in answers] == [200, 200], name
        assert answers[1].text.count("<tr>") > 3, name
        if "page" in (answers[0].context or {}):
            assert len(answers[0].context["page"].object_list) >= 3, name


@pytest.mark.parametrize("function", [compare, compare_each])
def test_five_rounds_at_least_are_run_unless_told_otherwise(function):
    assert inspect.signature(function).parameters["rounds"].default >= 5


@pytest.mark.parametrize(("ratio", "status"), [(1.49, 0), (1.5, 0), (1.51, 1)])
def test_a_ratio_above_its_limit_ends_with_status_1(runner, monkeypatch, capsys, ratio, status):
    assert ended(runner, monkeypatch, "pdf", "mail", ratio=ratio) == status

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told == [{"name": "some", "ratio": ratio, "limit": 1.5}] * 2


def test_a_benchmark_that_does_not_exist_is_refused_before_any_runs(runner, monkeypatch, capsys):
    with pytest.raises(SystemExit) as ended_with:
        ended(runner, monkeypatch, "pdf", "speed")

    assert ended_with.value.code == 2
    assert "unknown benchmark: speed" in capsys.readouterr().err


def test_the_seconds_of_a_side_are_those_of_its_work():
    done = []

    taken = seconds(lambda: done.append(time.perf_counter()))

    assert len(done) == 1
    assert 0 <= taken < 5
