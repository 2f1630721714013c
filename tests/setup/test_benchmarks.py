"""The benchmark: how figures are judged, and the volume that they are measured on."""

import pytest

from benchmarks.bench import Bench, _compared, _in_turn
from benchmarks.figures import (
    MISSED,
    NOISE,
    OK,
    Cost,
    a_record,
    added_cpu,
    added_statements,
    few_statements,
    not_read_through,
    ratio,
    times_less,
    touched,
    typical,
)
from benchmarks.rules import statements as rule_statements
from benchmarks.volume import STATEMENTS, TABLES, statements
from benchmarks.works import ALL, p6_hot_paths, p7_forms, p8_briefing, p9_sources
from workbench import __main__ as commands

IDS = dict.fromkeys((*TABLES, "user", "robot", "note", "comment", "call"), 1)


@pytest.mark.parametrize(("ours", "verdict"), [(17, OK), (20, OK), (21, MISSED)])
def test_added_statements(ours, verdict):
    figure = added_statements("P6", "lead create", Cost(17, 1), Cost(ours, 1), 3)
    assert figure.verdict == verdict
    assert figure.is_exact
    assert f"17 -> {ours} statements" in str(figure)


@pytest.mark.parametrize(
    ("ours", "verdict"), [(9.0, OK), (10.9, OK), (11.9, NOISE), (12.1, MISSED)]
)
def test_added_time_has_a_tolerance_and_never_fails_the_run(ours, verdict):
    figure = added_cpu("P6", "lead create", Cost(1, 10.0), Cost(1, ours))
    assert (figure.verdict, figure.is_exact) == (verdict, False)


@pytest.mark.parametrize(("times", "verdict"), [(1.4, OK), (1.6, NOISE), (1.7, MISSED)])
def test_times_of_a_yardstick(times, verdict):
    assert ratio("P8", "briefing", times * 20, 20, 1.5).verdict == verdict


@pytest.mark.parametrize(("ours", "verdict"), [(600, OK), (601, MISSED)])
def test_statements_a_record(ours, verdict):
    figure = a_record("P1", "tasks", Cost(12000, 1.0, 600), Cost(ours, 1.0, 600), 1.0)
    assert (figure.verdict, figure.is_exact) == (verdict, True)


@pytest.mark.parametrize(("ours", "verdict"), [(10, OK), (11, NOISE), (12, MISSED)])
def test_times_less_than_without_us(ours, verdict):
    figure = times_less("P1", "tasks", Cost(1, 150.0), Cost(1, float(ours)), 15)
    assert (figure.verdict, figure.is_exact) == (verdict, False)


def test_counts_of_a_run():
    assert few_statements("P4", "again", Cost(10, 1.0), 10).verdict == OK
    assert few_statements("P4", "again", Cost(11, 1.0), 10).verdict == MISSED
    assert touched("P4", "again", Cost(1, 1.0, touched=0), 0).verdict == OK
    assert touched("P4", "again", Cost(1, 1.0, touched=1), 0).verdict == MISSED


def test_a_large_table_that_one_run_read_through_is_told():
    runs = [Cost(1, 1.0), Cost(1, 1.0, scanned={"res_partner": 100000}), Cost(1, 1.0)]
    figure = not_read_through("P5", "tasks", typical(runs))
    assert figure.verdict == MISSED
    assert "res_partner (100000 rows)" in str(figure)
    assert not_read_through("P5", "tasks", Cost(1, 1.0)).verdict == OK


def test_typical_is_the_median_of_each():
    assert typical([Cost(3, 9.0, 5), Cost(2, 1.0, 5), Cost(2, 2.0, 5)]) == Cost(2, 2.0, 5)


def test_both_work_in_turn_and_the_first_round_does_not_count():
    asked = []

    class Fake:
        def __init__(self, name):
            self.name = name

        def ask(self, work):
            asked.append(self.name)
            return {"statements": len(asked), "cpu_ms": 1.0, "records": 1}

    workers = {"base": Fake("A"), "ours": Fake("B")}
    runs = _in_turn(workers, [("base", "lead create"), ("ours", "lead create")], 7)
    assert asked[:6] == ["A", "B", "A", "B", "A", "B"]
    assert runs["base", "lead create"][0].statements == 3


def test_what_is_compared_is_done_in_turn():
    turns = [list(works) for works in _compared(p9_sources.WORKS)]
    core = ["plain SQL by source", "sources, whole history", "sources, last 12 months"]
    assert turns == [core, [f"{name}, with accounting" for name in core]]
    assert {len(works) for works in _compared(p6_hot_paths.WORKS)} == {1}


def test_statements_of_the_volume_name_every_value():
    sql = list(statements(1000, IDS))
    assert len(sql) == 2 * len(STATEMENTS) + 1
    assert not [text for text in sql if "{" in text]


def test_statements_of_the_past_of_rules_name_every_value():
    sql = rule_statements(1000, dict.fromkeys(("kind", "rule", "action"), 1))
    assert not [text for text in sql if "{" in text]


@pytest.mark.parametrize("size", [0, 999, 1005])
def test_odd_volume_is_refused(size):
    with pytest.raises(ValueError, match=f"N={size}"):
        list(statements(size, IDS))


@pytest.mark.parametrize("size", ["many", "5", "1003"])
def test_odd_volume_is_one_line(monkeypatch, capsys, size):
    monkeypatch.setenv("N", size)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    assert commands.main(["bench"]) == 1
    assert capsys.readouterr().err.startswith(f"error: N={size}: ")


def test_names_of_work_are_unique():
    names = [name for goal in ALL for name in goal.WORKS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("goal", [p6_hot_paths, p7_forms, p8_briefing])
def test_every_goal_judges_what_it_measures(goal):
    costs = {name: Cost(1, 1.0, work.records) for name, work in goal.WORKS.items()}
    figures = list(goal.figures(costs, costs))
    assert {figure.verdict for figure in figures} == {OK}


def test_only_missed_counts_fail_the_run(monkeypatch, tmp_path):
    counted = added_statements("P6", "x", Cost(1, 1), Cost(9, 1), 3)
    timed = added_cpu("P6", "x", Cost(1, 1.0), Cost(1, 9.0))

    class FakeProject:
        places = type("Places", (), {"home": tmp_path})
        databases = None

        def ensure(self):
            pass

    for figures, code in (([timed], 0), ([timed, counted], 1)):
        bench = Bench(FakeProject(), 1000)
        for name in ("_ensure_base", "_ensure_ours", "_ensure_rules", "_ensure_accounting"):
            monkeypatch.setattr(bench, name, lambda: None)
        monkeypatch.setattr(bench, "_work", lambda figures=figures: figures)
        for name in ("_past", "_growth"):
            monkeypatch.setattr(bench, name, list)
        assert bench.run() == code
