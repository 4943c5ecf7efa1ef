"""Caseloads from CSV, JSON Lines and cases: what is taken, what is set aside and why, and that nothing gets lost."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import closedloop as cl
from closedloop import whatif
from closedloop.complaint_files import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable

NYC311 = Path(__file__).resolve().parents[2] / "examples" / "nyc311" / "complaints.csv"
RECEIVED = "2026-03-02T10:00:00+01:00"


@pytest.fixture
def csv(tmp_path: Path) -> Callable[..., whatif.Caseload]:
    """Give a reader of CSV text, written to a file called `a.csv`."""

    def read(text: str, **options: Any) -> whatif.Caseload:
        path = tmp_path / "a.csv"
        path.write_text(text, "utf-8")
        return whatif.Caseload.from_csv(path, **options)

    return read


@pytest.fixture
def jsonl(tmp_path: Path) -> Callable[..., whatif.Caseload]:
    def read(*lines: object, **options: Any) -> whatif.Caseload:
        path = tmp_path / "a.jsonl"
        path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
        return whatif.Caseload.from_jsonl(path, **options)

    return read


def codes(caseload: whatif.Caseload) -> list[str]:
    return [problem.code for row in caseload.rejected for problem in row.problems]


# --- what is taken ---


def test_columns_facts_and_events_are_mapped(csv: Callable[..., whatif.Caseload]) -> None:
    caseload = csv(
        "ticket,created,client,band,resolved,agent,score,note\nT-1,2026-03-02 10:00,C-1,large,2026-03-03 09:30,desk,4,x\n"
        "T-2,2026-03-02 11:00,,,,,,\n",
        columns={"id": "ticket", "received_at": "created", "customer": "client"},
        facts={"loss": "band"},
        events={"closed": {"at": "resolved", "by": "agent", "data": {"score": "score"}}},
        timezone="Europe/Paris",
    )
    first, second = caseload
    at = cl.localise(datetime.fromisoformat("2026-03-02T10:00"), "Europe/Paris")
    assert first.complaint == {"id": "T-1", "received_at": at, "customer": "C-1", "facts": {"loss": "large"}}
    assert first.events == ({"kind": "closed", "at": at + timedelta(hours=23, minutes=30), "by": "desk", "data": {"score": "4"}},)
    assert (second.id, second.events) == ("T-2", ())
    assert (first.id, first.received_at, first.value("customer"), first.value("loss"), second.value("loss")) == ("T-1", at, "C-1", "large", None)
    assert [case.place.rpartition("/")[2] for case in caseload] == ["a.csv:2", "a.csv:3"]
    assert (caseload.events, caseload.fields, caseload.ignored_columns) == (
        ("closed",),
        ("id", "received_at", "customer", "loss", "score"),
        ("note",),
    )
    assert (caseload.first, caseload.last) == (at, at + timedelta(hours=23, minutes=30))


def test_a_column_called_like_a_key_is_that_key_and_every_other_is_listed(csv: Callable[..., whatif.Caseload]) -> None:
    caseload = csv(f"id,received_at,customer,category,queue,client\nT-1,{RECEIVED},C-1,a,q,D-1\n", columns={"customer": "client"}, ignore=["queue"])
    (case,) = caseload
    assert (case.value("customer"), case.value("category")) == ("D-1", "a")
    assert caseload.ignored_columns == ("customer",)


def test_a_bare_date_of_receipt_stays_one(csv: Callable[..., whatif.Caseload]) -> None:
    caseload = csv("id,received_at\nT-1,2026-03-02\n", timezone="Asia/Shanghai")
    (case,) = caseload
    assert case.received_at == date(2026, 3, 2)
    # 00:00 in Shanghai is 16:00 UTC of the day before.
    assert (caseload.first, caseload.last) == (datetime(2026, 3, 1, 16, tzinfo=UTC), datetime(2026, 3, 2, 16, tzinfo=UTC))
    without_zone = csv("id,received_at\nT-1,2026-03-02\n")
    assert (without_zone.first, without_zone.last) == (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))


def test_json_lines_hold_events(jsonl: Callable[..., whatif.Caseload]) -> None:
    event = {"kind": "closed", "at": "2026-03-03T10:00", "by": "desk", "data": {"score": 4}}
    caseload = jsonl({"id": 7, "received_at": RECEIVED, "facts": {"loss": "large"}, "events": [event]}, timezone="Europe/Paris")
    (case,) = caseload
    assert (case.id, case.value("loss"), caseload.events, caseload.fields) == ("7", "large", ("closed",), ("id", "received_at", "loss", "score"))
    assert case.events == (event | {"at": cl.localise(datetime.fromisoformat("2026-03-03T10:00"), "Europe/Paris")},)


def test_cases_of_the_library_are_taken_as_they_are() -> None:
    policy = cl.load_policy("chery_nev")
    complaint = cl.Complaint(id="T-1", received_at=datetime(2026, 3, 2, tzinfo=UTC), customer="C-1", facts={"loss": "large"})
    event = cl.Event(kind="closed", at=datetime(2026, 3, 4, tzinfo=UTC))
    other = cl.Complaint(id="T-2", received_at=datetime(2026, 3, 1, tzinfo=UTC))
    caseload = whatif.Caseload.from_cases([policy.open_case(complaint, history=()).with_events(event), (other, [])])
    assert [case.complaint for case in caseload] == [other, complaint]
    assert [case.events for case in caseload] == [(), (event,)]
    assert (caseload.events, caseload.fields) == (("closed",), ("id", "received_at", "customer", "loss"))
    assert (next(iter(caseload)).place, next(iter(caseload)).value("loss"), next(iter(caseload)).value("customer")) == ("case T-2", None, None)


def test_the_same_cases_whether_from_csv_or_json_lines(csv: Callable[..., whatif.Caseload], jsonl: Callable[..., whatif.Caseload]) -> None:
    table = csv(f"id,received_at,loss,closed_at\nT-1,{RECEIVED},large,{RECEIVED}\n", facts={"loss": "loss"}, events={"closed": "closed_at"})
    lines = jsonl({"id": "T-1", "received_at": RECEIVED, "facts": {"loss": "large"}, "events": [{"kind": "closed", "at": RECEIVED}]})
    assert [(case.complaint, case.events) for case in table] == [(case.complaint, case.events) for case in lines]
    assert (table.first, table.last, table.events, table.fields) == (lines.first, lines.last, lines.events, lines.fields)


# --- what is set aside ---


@pytest.mark.parametrize(
    ("row", "code", "path"),
    [
        (",2026-03-02T10:00:00+01:00,", "missing_key", "id"),
        ("T-1,,", "missing_key", "received_at"),
        ("T-1,yesterday,", "wrong_type", "received_at"),
        ("T-1,2026-02-30,", "wrong_type", "received_at"),
        ("T-1,2026-03-02T10:00:00,", "naive_datetime", "received_at"),
        ("T-1,0001-01-01T00:00:00+00:00,", "out_of_range", "received_at"),
        ("T-1,2026-03-02T10:00:00+01:00,2026-03-03", "date_without_time", "closed_at"),
        ("T-1,2026-03-02T10:00:00+01:00,soon", "wrong_type", "closed_at"),
        ("T-1,2026-03-02T10:00:00+01:00", "wrong_length", ""),
    ],
)
def test_a_bad_row_is_set_aside_and_the_good_one_stays(csv: Callable[..., whatif.Caseload], row: str, code: str, path: str) -> None:
    caseload = csv(f"id,received_at,closed_at\nT-0,{RECEIVED},\n{row}\n", events={"closed": "closed_at"})
    assert [case.id for case in caseload] == ["T-0"]
    (aside,) = caseload.rejected
    (problem,) = aside.problems
    assert (aside.number, aside.place.rpartition("/")[2], problem.code, ".".join(map(str, problem.path))) == (2, "a.csv:3", code, path)
    assert aside.as_dict()["problems"][0]["code"] == code


@pytest.mark.parametrize("at", ["2025-10-26T02:30:00", "2025-03-30T02:30:00"])
def test_a_wall_time_that_happens_twice_or_never_is_not_guessed(csv: Callable[..., whatif.Caseload], at: str) -> None:
    """In Paris the hour from 2 o'clock came twice on 26 October 2025, and never on 30 March."""
    caseload = csv(f"id,received_at\nT-1,{at}\nT-2,{at}+02:00\n", timezone="Europe/Paris")
    assert [case.id for case in caseload] == ["T-2"]
    assert codes(caseload) == ["no_such_instant"]
    assert "offset" in caseload.rejected[0].problems[0].expected


def test_every_problem_of_a_row_is_told(csv: Callable[..., whatif.Caseload]) -> None:
    caseload = csv("id,received_at,closed_at,score\n,soon,later,\n", events={"closed": {"at": "closed_at", "data": {"score": "score"}}})
    assert codes(caseload) == ["missing_key", "wrong_type", "wrong_type"]


def test_all_that_share_an_id_are_set_aside(csv: Callable[..., whatif.Caseload]) -> None:
    """Nothing says which is right, and the first of them would depend on the order of the rows."""
    caseload = csv(f"id,received_at\nT-1,{RECEIVED}\nT-2,{RECEIVED}\nT-1,2026-03-05T10:00:00+01:00\n")
    assert [case.id for case in caseload] == ["T-2"]
    assert [(row.number, row.id) for row in caseload.rejected] == [(1, "T-1"), (3, "T-1")]
    assert codes(caseload) == ["duplicate_id", "duplicate_id"]


def test_what_came_with_an_event_that_did_not_happen_is_not_dropped(csv: Callable[..., whatif.Caseload]) -> None:
    caseload = csv(f"id,received_at,closed_at,score\nT-1,{RECEIVED},,4\n", events={"closed": {"at": "closed_at", "data": {"score": "score"}}})
    assert codes(caseload) == ["data_without_event"]


@pytest.mark.parametrize(
    ("line", "code", "path"),
    [
        ('{"id": "T-1", "received_at"', "not_json", ()),
        ("[1]", "wrong_type", ()),
        ({"received_at": RECEIVED}, "missing_key", ("id",)),
        ({"id": True, "received_at": RECEIVED}, "wrong_type", ("id",)),
        ({"id": " ", "received_at": RECEIVED}, "empty", ("id",)),
        ({"id": "T-1", "received_at": 5}, "wrong_type", ("received_at",)),
        ({"id": "T-1", "received_at": RECEIVED, "facts": 5}, "wrong_type", ("facts",)),
        ({"id": "T-1", "received_at": RECEIVED, "incident_at": "2026-03-01"}, "date_without_time", ("incident_at",)),
        ({"id": "T-1", "received_at": RECEIVED, "events": {}}, "wrong_type", ("events",)),
        ({"id": "T-1", "received_at": RECEIVED, "events": ["closed"]}, "wrong_type", ("events", 0)),
        ({"id": "T-1", "received_at": RECEIVED, "events": [{"kind": "closed"}]}, "missing_key", ("events", 0, "at")),
        ({"id": "T-1", "received_at": RECEIVED, "events": [{"kind": 5, "at": RECEIVED}]}, "wrong_type", ("events", 0, "kind")),
        ({"id": "T-1", "received_at": RECEIVED, "events": [{"kind": "closed", "at": "2026-03-02T10:00"}]}, "naive_datetime", ("events", 0, "at")),
    ],
)
def test_a_bad_line_is_set_aside_with_its_place(jsonl: Callable[..., whatif.Caseload], line: object, code: str, path: tuple[object, ...]) -> None:
    caseload = jsonl({"id": "T-0", "received_at": RECEIVED}, line)
    assert [case.id for case in caseload] == ["T-0"]
    (aside,) = caseload.rejected
    assert (aside.number, aside.place.rpartition("/")[2], [(each.code, each.path) for each in aside.problems]) == (2, "a.jsonl:2", [(code, path)])


def test_what_is_no_case_is_set_aside() -> None:
    complaint = cl.Complaint(id="T-1", received_at=datetime(2026, 3, 2, tzinfo=UTC))
    wrong: list[Any] = [5, complaint, (complaint, 5), (complaint, ["closed"])]
    caseload = whatif.Caseload.from_cases(wrong)
    assert len(caseload) == 0
    assert [(row.number, row.place) for row in caseload.rejected] == [(1, "item 1"), (2, "item 2"), (3, "item 3"), (4, "case T-1")]
    assert [problem.path for problem in caseload.rejected[3].problems] == [("events", 0)]


# --- what cannot be read at all ---


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": {"customer": "clinet"}}, "no column `clinet`; did you mean `client`"),
        ({"facts": {"loss": "lost"}}, "no column `lost`"),
        ({"events": {"closed": "closed"}}, "no column `closed`; did you mean `closed_at`"),
        ({"events": {"closed": {"at": "closed_at", "by": "agnt"}}}, "no column `agnt`; did you mean `agent`"),
        ({"ignore": ["agnet"]}, "no column `agnet`; did you mean `agent`"),
        ({"columns": {"custmer": "client"}}, "no key of a complaint `custmer`; did you mean `customer`"),
        ({"events": {"closed": {"at": "closed_at", "bye": "agent"}}}, "no key of an event `bye`; did you mean `by`"),
    ],
)
def test_a_misspelt_name_is_an_error_before_a_row_is_read(csv: Callable[..., whatif.Caseload], options: dict[str, Any], message: str) -> None:
    with pytest.raises(cl.UnknownName, match=message):
        csv("id,received_at,client,closed_at,agent\n", **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ignore": ["id"]}, "no column gives `id`"),
        ({"facts": {"customer": "client"}}, "`customer` is a key of a complaint"),
        ({"columns": {"loss": "client"}, "facts": {"loss": "client"}}, "mapped twice"),
        ({"events": {"closed": {"by": "client"}}}, "no column for `at`"),
        ({"events": {"closed": 5}}, "mapped to a int"),
        ({"events": {"closed": {"at": 5}}}, "a column of the event `closed` is a int"),
        ({"events": {"closed": {"at": "client", "data": "client"}}}, "`data` of the event `closed` is a str"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_an_error(csv: Callable[..., whatif.Caseload], options: dict[str, Any], message: str) -> None:
    with pytest.raises(cl.InvalidValue, match=message):
        csv("id,received_at,client\n", **options)


def test_a_zone_that_does_not_exist_is_an_error(csv: Callable[..., whatif.Caseload], jsonl: Callable[..., whatif.Caseload]) -> None:
    with pytest.raises(cl.InvalidValue, match="did you mean `Europe/Paris`"):
        csv("id,received_at\n", timezone="Europe/Pariss")
    with pytest.raises(cl.InvalidValue, match="did you mean `Europe/Paris`"):
        jsonl(timezone="Europe/Pariss")


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    for read in (whatif.Caseload.from_csv, whatif.Caseload.from_jsonl):
        with pytest.raises(UnreadableFile, match="cannot be read"):
            read(tmp_path / "none")


# --- order and partitions ---


def test_the_order_of_the_rows_plays_no_part(csv: Callable[..., whatif.Caseload]) -> None:
    header, *rows = NYC311.read_text("utf-8").splitlines()[:400]
    read = {
        order: csv("\n".join([header, *lines]) + "\n", facts={"agency": "agency"}, events={"closed": "closed_at"}, timezone="America/New_York")
        for order, lines in {"as it is": rows, "backwards": rows[::-1], "by place": sorted(rows, key=lambda row: row[::-1])}.items()
    }
    seen = [[(case.complaint, case.events) for part in caseload.partitions(("subject",), 9) for case in part] for caseload in read.values()]
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) == 399
    assert len({(caseload.first, caseload.last) for caseload in read.values()}) == 1


def test_a_caseload_says_what_it_holds_and_survives_pickling(csv: Callable[..., whatif.Caseload]) -> None:
    caseload = csv(f"id,received_at\nT-1,{RECEIVED}\n,{RECEIVED}\n")
    assert repr(caseload) == "<Caseload: 1 complaints, 1 set aside>"
    again = pickle.loads(pickle.dumps(caseload))
    assert (list(again), again.rejected) == (list(caseload), caseload.rejected)


def test_a_partition_holds_at_least_one_case() -> None:
    for caseload in (
        whatif.Caseload.from_cases([]),
        whatif.generate(cl.load_policy("chery_nev"), complaints=1, seed=1, start=date(2026, 1, 1), end=date(2026, 2, 1)),
    ):
        with pytest.raises(cl.InvalidValue, match="at least 1"):
            list(caseload.partitions((), 0))


MAYBE = st.sampled_from([None, "a", "b", "c"])


@given(
    st.lists(st.tuples(MAYBE, MAYBE, st.integers(0, 5)), max_size=30), st.integers(1, 8), st.sampled_from([(), ("customer",), ("customer", "loss")])
)
def test_partitions_hold_every_case_once_and_groups_whole(rows: list[Any], size: int, together: tuple[str, ...]) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    complaints = [
        cl.Complaint(id=f"T-{number}", received_at=start + timedelta(days=day), customer=customer, facts={"loss": loss} if loss else {})
        for number, (customer, loss, day) in enumerate(rows)
    ]
    pairs = [(each, ()) for each in complaints]
    parts = [list(part) for part in whatif.Caseload.from_cases(pairs).partitions(together, size)]
    assert sorted(case.id for part in parts for case in part) == sorted(each.id for each in complaints)
    assert all(len(part) >= size for part in parts[:-1])
    homes: dict[tuple[str, ...], set[int]] = {}
    for number, part in enumerate(parts):
        for case in part:
            key = tuple(value for name in together if (value := case.value(name)) is not None)
            if together and len(key) == len(together):
                homes.setdefault(key, set()).add(number)
    assert all(len(found) == 1 for found in homes.values())
    backwards = whatif.Caseload.from_cases(pairs[::-1]).partitions(together, size)
    assert [[case.id for case in part] for part in backwards] == [[case.id for case in part] for part in parts]
