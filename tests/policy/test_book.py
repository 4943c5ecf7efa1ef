"""Editions: which applies by which date, and where an open case stands after a change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from closedloop.errors import ClosedloopError, InvalidValue, PolicyMismatch, UnknownPolicy
from closedloop.policy.book import Editions
from tests.policy.samples import WHOLE, model

if TYPE_CHECKING:
    from closedloop.policy.model import PolicyModel

SHANGHAI = ZoneInfo("Asia/Shanghai")


def edition(number: int, in_force: str) -> PolicyModel:
    """Return an edition of the sample."""
    return model(WHOLE.replace('edition: "1"', f'edition: "{number}"\ntimezone: Asia/Shanghai\nin_force: {{{in_force}}}'))


def on(day: str) -> datetime:
    """Return noon of a day in Shanghai."""
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=SHANGHAI)


FIRST = edition(1, "from: unset")
SECOND = edition(2, "from: 2026-03-01, by: received, open_cases: stay")
THIRD = edition(3, "from: 2026-06-01, by: incident, open_cases: move")
BOOK = Editions.of([THIRD, FIRST, SECOND])


def test_editions_are_in_the_order_of_their_first_days() -> None:
    assert [each.edition for each in BOOK.models] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("received", "incident", "expected"),
    [
        ("2026-02-28", "2026-02-28", FIRST),
        ("2026-03-01", "2026-02-28", SECOND),
        ("2026-07-01", "2026-05-31", SECOND),
        ("2026-07-01", "2026-06-01", THIRD),
    ],
)
def test_each_edition_says_which_date_picks_it(received: str, incident: str, expected: PolicyModel) -> None:
    assert BOOK.pick(received=on(received), incident=on(incident)) is expected


def test_the_day_is_that_of_the_policys_zone() -> None:
    """16:00 in Greenwich on the last of February is midnight in Shanghai; a second before it is not."""
    book = Editions.of([FIRST, SECOND])
    assert book.pick(received=datetime(2026, 2, 28, 15, 59, 59, tzinfo=UTC)) is FIRST
    assert book.pick(received=datetime(2026, 2, 28, 16, 0, 0, tzinfo=UTC)) is SECOND


def test_a_date_that_matters_must_be_given() -> None:
    with pytest.raises(InvalidValue, match="edition `3` of `sample` is picked by the date `incident`; give `incident`"):
        BOOK.pick(received=on("2026-07-01"))


def test_an_instant_has_an_offset() -> None:
    with pytest.raises(InvalidValue, match="has no offset"):
        Editions.of([SECOND]).pick(received=on("2026-07-01").replace(tzinfo=None))


def test_before_the_first_day_nothing_applies() -> None:
    with pytest.raises(UnknownPolicy, match="no edition of `sample` is in force for that date; the first starts on 2026-03-01"):
        Editions.of([SECOND]).pick(received=on("2026-02-28"))


def test_where_the_text_names_no_date_it_must_not_matter() -> None:
    """Received after, happened before: the text does not say which counts."""
    book = Editions.of([FIRST, edition(2, "from: 2026-03-01, by: unset")])
    assert book.pick(received=on("2026-03-01"), incident=on("2026-03-01")).edition == "2"
    assert book.pick(received=on("2026-02-01"), incident=on("2026-01-01")).edition == "1"
    with pytest.raises(InvalidValue, match="does not say by which date it applies, and the dates given differ"):
        book.pick(received=on("2026-03-01"), incident=on("2026-02-01"))


@pytest.mark.parametrize(
    ("decided_under", "at", "stands_under"),
    [
        (FIRST, "2026-02-01", FIRST),
        (FIRST, "2026-03-01", FIRST),
        (FIRST, "2026-06-01", THIRD),
        (SECOND, "2026-06-01", THIRD),
        (THIRD, "2026-07-01", THIRD),
    ],
)
def test_open_cases_stay_or_move_as_the_later_edition_says(decided_under: PolicyModel, at: str, stands_under: PolicyModel) -> None:
    """The second lets them stay, the third moves them."""
    assert BOOK.for_open_case(decided_under, on(at)) is stands_under


def test_where_the_text_does_not_say_what_happens_to_open_cases() -> None:
    book = Editions.of([FIRST, edition(2, "from: 2026-03-01, open_cases: unset")])
    assert book.for_open_case(FIRST, on("2026-02-28")) is FIRST
    with pytest.raises(PolicyMismatch, match="does not say whether cases open at its start stay or move"):
        book.for_open_case(FIRST, on("2026-03-01"))


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ([], "a book of policies needs at least one edition"),
        ([FIRST, model(WHOLE)], "editions `1` and `1` of `sample` have no first day; set `in_force.from`"),
        ([SECOND, edition(4, "from: 2026-03-01")], "editions `2` and `4` of `sample` both start on 2026-03-01; set `in_force.from`"),
        ([FIRST, model(WHOLE.replace("policy: sample", "policy: other"))], "`sample` and `other` are two policies; a book holds the editions of one"),
    ],
)
def test_books_that_cannot_be(models: list[PolicyModel], message: str) -> None:
    with pytest.raises(ClosedloopError) as caught:
        Editions.of(models)
    assert str(caught.value) == message


def test_an_edition_that_is_not_in_the_book() -> None:
    with pytest.raises(PolicyMismatch, match="edition `3` of `sample` is not in the book"):
        Editions.of([FIRST]).for_open_case(THIRD, on("2026-07-01"))
