"""Caseloads from data frames: pandas, Polars and PyArrow give the same, whatever their types; what has no meaning is set aside."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import closedloop as cl
from closedloop import whatif

if TYPE_CHECKING:
    from collections.abc import Callable

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
NAIVE = AT.replace(tzinfo=None)

#: The same columns as a frame of each make. In pandas a gap makes whole numbers floats, and no instant a NaT.
MAKES: dict[str, Callable[[dict[str, list[Any]]], Any]] = {
    "pandas": pd.DataFrame,
    "pandas_arrow": lambda data: pd.DataFrame(data).convert_dtypes(dtype_backend="pyarrow"),
    "polars": lambda data: pl.DataFrame(data, strict=False),
    "polars_lazy": lambda data: pl.LazyFrame(data, strict=False),
    "pyarrow": pa.table,
}


@pytest.fixture(params=list(MAKES))
def make(request: pytest.FixtureRequest) -> Callable[[dict[str, list[Any]]], Any]:
    return MAKES[request.param]


def codes(caseload: whatif.Caseload) -> list[str]:
    return [problem.code for row in caseload.rejected for problem in row.problems]


def test_every_make_gives_the_same(make: Callable[[dict[str, list[Any]]], Any]) -> None:
    frame = make(
        {
            "ticket": [17, 18],
            "created": [NAIVE, NAIVE + timedelta(days=1)],
            "client": ["C-1", None],
            "amount": [2.5, float("nan")],
            "urgent": [True, False],
            "visits": [3, None],
            "closed_at": [None, NAIVE + timedelta(days=2)],
            "note": ["x", "y"],
        }
    )
    caseload = whatif.Caseload.from_frame(
        frame,
        columns={"id": "ticket", "received_at": "created", "customer": "client"},
        facts={"amount": "amount", "urgent": "urgent", "visits": "visits"},
        events={"closed": "closed_at"},
        timezone="UTC",
    )
    first, second = caseload
    assert first.complaint == {"id": "17", "received_at": AT, "customer": "C-1", "facts": {"amount": Decimal("2.5"), "urgent": True, "visits": 3}}
    assert second.complaint == {"id": "18", "received_at": AT + timedelta(days=1), "facts": {"urgent": False}}
    assert (first.events, second.events) == ((), ({"kind": "closed", "at": AT + timedelta(days=2)},))
    assert [case.place for case in caseload] == ["row 1", "row 2"]
    assert (caseload.ignored_columns, caseload.rejected) == (("note",), ())
    facts: Any = first.complaint["facts"] if isinstance(first.complaint, dict) else None
    assert [type(value) for value in facts.values()] == [Decimal, bool, int]


def test_text_and_blank_text(make: Callable[[dict[str, list[Any]]], Any]) -> None:
    frame = make({"id": ["a", "b", "c"], "received_at": ["2026-03-02T10:00:00+00:00", "", "2026-03-02"], "customer": ["  ", "C", None]})
    caseload = whatif.Caseload.from_frame(frame)
    assert {case.id: case.value("customer") for case in caseload} == {"a": None, "c": None}
    assert codes(caseload) == ["missing_key"]
    assert caseload.rejected[0].place == "row 2"


def test_whole_numbers_with_a_gap_stay_whole(make: Callable[[dict[str, list[Any]]], Any]) -> None:
    """The customers 17 and nobody: pandas writes 17.0, and the key must still be `17`."""
    caseload = whatif.Caseload.from_frame(make({"id": ["a", "b"], "received_at": [AT, AT], "customer": [17, None]}))
    assert [case.value("customer") for case in caseload] == ["17", None]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "America/New_York"])
def test_columns_with_a_zone_are_the_instants_that_they_are(zone: str) -> None:
    frames = [
        pd.DataFrame({"id": ["a"], "received_at": pd.to_datetime([AT]).tz_convert(zone)}),
        pl.DataFrame({"id": ["a"], "received_at": [AT]}).with_columns(pl.col("received_at").dt.convert_time_zone(zone)),
        pa.table({"id": ["a"], "received_at": pa.array([AT], pa.timestamp("ns", zone))}),
    ]
    for frame in frames:
        (case,) = whatif.Caseload.from_frame(frame, timezone="Europe/Paris")
        assert case.received_at == AT


def test_instants_of_one_column_in_several_zones() -> None:
    """Such a column has the type `object` in pandas, and holds its own kind of instant."""
    at = [pd.Timestamp(AT), pd.Timestamp(AT).tz_convert("Asia/Shanghai"), pd.NaT, AT, pd.Timestamp(NAIVE)]
    caseload = whatif.Caseload.from_frame(pd.DataFrame({"id": list("abcde"), "received_at": pd.Series(at, dtype=object)}))
    assert [(case.id, case.received_at) for case in caseload] == [("a", AT), ("b", AT), ("d", AT)]
    assert {type(case.received_at) for case in caseload} == {datetime}
    assert codes(caseload) == ["missing_key", "naive_datetime"]


def test_what_is_below_a_microsecond_is_rounded_down() -> None:
    frame = pd.DataFrame({"id": ["a"], "received_at": pd.to_datetime(["2026-03-02T10:00:00.123456789"])})
    (case,) = whatif.Caseload.from_frame(frame, timezone="UTC")
    assert case.received_at == AT + timedelta(microseconds=123456)


def test_categories_are_text() -> None:
    frames = [
        pd.DataFrame({"id": ["a", "b"], "received_at": [AT, AT], "category": pd.Categorical(["battery", None])}),
        pl.DataFrame({"id": ["a", "b"], "received_at": [AT, AT], "category": ["battery", None]}, schema_overrides={"category": pl.Categorical}),
        pa.table({"id": ["a", "b"], "received_at": [AT, AT], "category": pa.array(["battery", None]).dictionary_encode()}),
    ]
    for frame in frames:
        assert [case.value("category") for case in whatif.Caseload.from_frame(frame)] == ["battery", None]


@pytest.mark.parametrize(
    ("column", "values", "found"),
    [
        ("received_at", [1_772_445_600, 1_772_445_600], "int"),
        ("customer", [True, False], "bool"),
        ("customer", [1.5, 2.5], "float"),
        ("id", [AT, AT + timedelta(1)], "datetime"),
    ],
)
def test_a_column_of_a_wrong_type_is_told_for_each_row(
    make: Callable[[dict[str, list[Any]]], Any], column: str, values: list[Any], found: str
) -> None:
    good: dict[str, list[Any]] = {"id": ["a", "b"], "received_at": [AT, AT], "customer": ["x", "y"]}
    caseload = whatif.Caseload.from_frame(make(good | {column: values}))
    assert len(caseload) == 0
    assert [(row.number, [(each.code, each.found) for each in row.problems]) for row in caseload.rejected] == [
        (number, [("wrong_type", found)]) for number in (1, 2)
    ]


def test_dates_of_receipt_stay_dates(make: Callable[[dict[str, list[Any]]], Any]) -> None:
    (case,) = whatif.Caseload.from_frame(make({"id": ["a"], "received_at": [AT.date()]}))
    assert case.received_at == AT.date()


def test_a_wall_time_that_comes_twice_is_set_aside(make: Callable[[dict[str, list[Any]]], Any]) -> None:
    frame = make({"id": ["a"], "received_at": [datetime.fromisoformat("2025-10-26T02:30:00")]})
    assert codes(whatif.Caseload.from_frame(frame, timezone="Europe/Paris")) == ["no_such_instant"]


def test_the_order_of_the_rows_plays_no_part(make: Callable[[dict[str, list[Any]]], Any]) -> None:
    ids, at = [f"T-{number}" for number in range(20)], [AT + timedelta(hours=number % 3) for number in range(20)]
    one, other = (whatif.Caseload.from_frame(make({"id": ids[::step], "received_at": at[::step]})) for step in (1, -1))
    assert [case.complaint for case in one] == [case.complaint for case in other]


def test_a_misspelt_column_is_an_error(make: Callable[[dict[str, list[Any]]], Any]) -> None:
    with pytest.raises(cl.UnknownName, match="no column `clinet`; did you mean `client`"):
        whatif.Caseload.from_frame(make({"id": ["a"], "received_at": [AT], "client": ["x"]}), columns={"customer": "clinet"})


def test_an_empty_frame_is_an_empty_caseload(make: Callable[[dict[str, list[Any]]], Any]) -> None:
    caseload = whatif.Caseload.from_frame(make({"id": [], "received_at": []}))
    assert (len(caseload), caseload.first, caseload.last, caseload.rejected) == (0, None, None, ())


@pytest.mark.parametrize("given", [[{"id": "a"}], "frame", None, 5])
def test_what_is_no_frame_is_an_error(given: object) -> None:
    with pytest.raises(cl.InvalidValue, match="read from a data frame"):
        whatif.Caseload.from_frame(given)


def test_two_columns_of_one_name_are_an_error() -> None:
    frame = pd.DataFrame([["a", AT, "x", "y"]], columns=["id", "received_at", "customer", "customer"])
    with pytest.raises(cl.InvalidValue, match="two columns of one name"):
        whatif.Caseload.from_frame(frame)


def test_without_narwhals_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "narwhals", None)
    with pytest.raises(cl.MissingExtra, match=r"closedloop\[frames\]"):
        whatif.Caseload.from_frame(pd.DataFrame())
