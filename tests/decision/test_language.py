"""What a policy can say beside document 000: sets, limits that compete, comparisons, times taken, and every kind of gate."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import pytest

import closedloop as cl
from tests.decision.chery import at

TEXT = """
policy: mixed
edition: "1"
title: {en: Mixed}
timezone: Asia/Shanghai
currency: CNY
parties: {desk: {en: desk}, head: {en: head}, boss: {en: boss}, expert: {en: expert}, leaders: {en: leaders, any_of: [head, boss]}}
facts:
  tags: {type: choice, values: [media, crime, safety], many: yes, cite: m/1}
  amount: {type: number, cite: m/1}
  damage: {type: money, cite: m/1}
  wait: {type: limit, cite: m/1}
  happened: {type: instant, cite: m/1}
  words: {type: text, cite: m/1}
  due_set: {type: instant, cite: m/2}
  promised_by: {type: instant, at: promised, cite: m/2}
  watchers: {type: party, many: yes, cite: m/3}
  size: {type: choice, values: [little, middling, big], cite: m/3}
  urgency: {type: choice, values: [calm, pressing], cite: m/3}
  days_taken: {took: [received, final_replied], unit: days, cite: m/4}
  hours_taken: {took: [received, final_replied], unit: hours, cite: m/4}
  months_taken: {took: [received, closed], unit: months, cite: m/4}
  working_days_taken: {took: [received, final_replied], unit: working days, clock: office, cite: m/4}
  came_in_hours: {in_hours: received, clock: office, cite: m/4}
  ordered: {type: number, cite: m/5}
  returned: {type: number, at: goods_returned, cite: m/5}
  check: {compare: returned, with: ordered, tolerance: "5%", cite: m/5}
  value: {type: money, cite: m/6}
  answer: {type: text, at: final_replied, cite: m/2}
records: {letter: {fields: [answer], cite: m/2}, form: {fields: [amount], cite: m/2}}
clocks:
  default: {calendar: none, cite: m/2}
  office: {calendar: cn_office, cite: m/2}
tables:
  watchers:
    hit: all
    rules:
      press: {when: {tags: media}, then: [head], cite: m/3}
      police: {when: {tags: crime}, then: [head, boss], cite: m/3}
      always: {then: [desk], cite: m/3}
  remedies:
    hit: all
    rules:
      owed: {when: {tags: safety}, then: {owed: [repair]}, cite: m/3}
  size:
    rules:
      little: {when: {damage: "< 100 CNY"}, then: little, cite: m/3}
      middling: {when: {damage: "100 CNY..<5000 CNY"}, then: middling, cite: m/3}
      big: {when: {damage: ">= 5000 CNY"}, then: big, cite: m/3}
  urgency:
    rules:
      waits: {when: {wait: "> 2 days"}, then: calm, cite: m/3}
      old: {when: {happened: "< 2026-01-01T00:00:00+08:00"}, then: calm, overrides: waits, cite: m/3}
    otherwise: pressing
duties:
  reply: {do: final_replied, by: desk, from: received, within: {first_given: [due_set, 3 days]}, cite: m/2}
  soonest: {do: progress_told, by: desk, from: received, within: {earliest: [due_set, 2 days]}, cite: m/2}
  last: {do: archived, by: desk, from: received, within: {latest: [due_set, 2 days]}, cite: m/2}
  keep_word: {do: explained, by: desk, from: promised, within: promised_by, cite: m/2}
  at_once: {do: acknowledged, by: desk, from: received, within: promptly, cite: m/2}
  watch: {do: queried, by: desk, from: received, every: 2 days, cite: m/2}
  some_day: {do: reminded, by: desk, from: received, every: unset, cite: m/2}
  word_to_head: {do: forwarded, by: desk, to: [leaders, expert], from: received, cite: m/2}
  each_plan: {do: plan_approved, times: each, by: head, from: plan_proposed, within: 2 days, cite: m/2}
  long: {do: analysed, by: expert, from: received, within: 5 days, extend: {extension_granted: 10 days}, cite: m/2}
gates:
  closed: {one: {one_of: [letter, form], cite: m/6}, late_no: {not_after: {from: received, within: 30 days}, cite: m/6}}
  remedy_granted:
    small: {when: {value: present}, ladder: [{party: desk, up_to: 100 CNY}, {party: head, up_to: 5000 CNY}, {party: boss, up_to: any}], cite: m/6}
    both: {approval: [desk, head], cite: m/6}
  plan_approved: {lost: {approval: unset, cite: m/6}}
  archived: {first: {after: [final_replied, closed], cite: m/6}}
"""


@cache
def mixed() -> cl.Policy:
    """Return the policy."""
    return cl.Policy.from_text(TEXT, name="mixed.yaml")


def decide(**facts: Any) -> cl.Decision:
    """Decide a complaint received on Monday 2026-03-02 09:00."""
    return mixed().decide(cl.Complaint(id="M-1", received_at=at("2026-03-02 09:00"), facts=facts), history=())


def review(when: str, *events: cl.Event, **facts: Any) -> cl.Review:
    """Review its case."""
    case = mixed().open_case(cl.Complaint(id="M-1", received_at=at("2026-03-02 09:00"), facts=facts), history=())
    return mixed().review(case.with_events(*events), at=at(when))


def event(kind: str, when: str, by: str | None = None, **data: Any) -> cl.Event:
    """Return an event."""
    return cl.Event(kind=kind, at=at(when), by=cl.Actor(id="u", party=by) if by else None, data=data)


def test_a_set_is_the_union_of_all_rows_that_apply() -> None:
    """Press and police matters reach the head, police ones the boss too; the desk always."""
    assert decide(tags=frozenset({"media"})).outcome("watchers").value == {"desk", "head"}
    assert decide(tags=frozenset({"crime"})).outcome("watchers").value == {"desk", "head", "boss"}
    assert decide(tags=frozenset()).outcome("watchers").value == {"desk"}


def test_an_open_set_says_what_may_belong_to_it() -> None:
    """The desk is certain, head and boss depend on the tags."""
    outcome = decide().outcome("watchers")
    assert (outcome.status, set(outcome.possible), outcome.missing) == ("open", {"desk", "head", "boss"}, ("tags",))


def test_a_set_to_which_no_row_adds_is_left_to_the_source() -> None:
    """No remedy is named for anything but safety."""
    assert decide(tags=frozenset()).outcome("remedies").status == "unspecified_by_source"
    assert "repair" in decide(tags=frozenset({"safety"})).why("remedies").text("en")


@pytest.mark.parametrize(("damage", "size"), [("99.99", "little"), ("100", "middling"), ("4999.99", "middling"), ("5000", "big")])
def test_amounts_are_told_apart_at_their_bounds(damage: str, size: str) -> None:
    """Both sides of each threshold."""
    assert decide(damage=cl.Money(Decimal(damage), "CNY")).outcome("size").value == size


def test_an_unknown_amount_leaves_every_size_possible() -> None:
    """Three classes of an endless range."""
    assert set(decide().possible("size")) == {"little", "middling", "big"}


def test_limits_and_instants_are_compared() -> None:
    """More than two days, or before the year."""
    assert decide(wait=cl.Limit.parse("3 days"), happened=at("2026-02-01 09:00")).outcome("urgency").value == "calm"
    assert decide(wait=cl.Limit.parse("1 day"), happened=at("2026-02-01 09:00")).outcome("urgency").value == "pressing"
    overridden = decide(wait=cl.Limit.parse("3 days"), happened=at("2025-02-01 09:00"))
    assert (overridden.outcome("urgency").rule, overridden.outcome("urgency").set_aside) == ("old", ("waits",))
    assert overridden.why_not("urgency.waits").set_aside_by == ("old",)
    assert "set aside by old" in overridden.why_not("urgency.waits").text("en")
    assert set(decide().possible("urgency")) == {"calm", "pressing"}


def test_of_competing_limits_the_first_given_the_earliest_or_the_latest_binds() -> None:
    """3 days end with Thursday, 2 days with Wednesday (24:00 is the next day's 00:00); the authority set Friday noon."""
    alone = decide()
    assert [alone.duty(name).due for name in ("reply", "soonest", "last")] == [at("2026-03-06 00:00"), at("2026-03-05 00:00"), at("2026-03-05 00:00")]
    set_by = decide(due_set=at("2026-03-06 12:00"))
    assert [set_by.duty(name).due for name in ("reply", "soonest", "last")] == [
        at("2026-03-06 12:00"),
        at("2026-03-05 00:00"),
        at("2026-03-06 12:00"),
    ]


def test_a_promise_is_a_limit() -> None:
    """Before the promise the duty waits for it; then it is due when promised."""
    assert decide().duty("keep_word").awaiting == ("promised",)
    found = review("2026-03-03 09:00", event("promised", "2026-03-02 10:00", promised_by=at("2026-03-04 18:00")))
    assert found.duty("keep_word").due == at("2026-03-04 18:00")


def test_promptly_has_no_due_instant_and_is_late_when_somebody_says_so() -> None:
    """No number is made up."""
    assert (decide().duty("at_once").due, decide().duty("at_once").promptly) == (None, True)
    assert review("2026-04-01 09:00").duty("at_once").state == "running"
    said = event("delay_found", "2026-03-05 09:00", duty="at_once")
    assert review("2026-04-01 09:00", said).duty("at_once").state == "late"
    done = event("acknowledged", "2026-03-06 09:00", "desk")
    assert review("2026-04-01 09:00", said, done).duty("at_once").state == "met_late"
    assert review("2026-04-01 09:00", done).duty("at_once").state == "met"


def test_what_recurs_is_owed_again_from_each_time_it_was_done() -> None:
    """Every 2 days: by the end of Wednesday, then of Thursday (done on Tuesday); no more once the case is closed."""
    assert decide().duty("watch").due == at("2026-03-05 00:00")
    done = event("queried", "2026-03-03 09:00", "desk")
    assert review("2026-03-04 09:00", done).duty("watch").due == at("2026-03-06 00:00")
    assert review("2026-03-06 00:00", done).duty("watch").state == "late"
    assert review("2026-03-09 00:00", done, event("closed", "2026-03-04 09:00")).duty("watch").state == "met"
    assert decide().duty("some_day").state == "unspecified_by_source"


def test_what_is_owed_for_each_occurrence_is_done_once_for_each() -> None:
    """Two plans want two approvals; one done in time and one late is late."""
    plans = event("plan_proposed", "2026-03-02 10:00"), event("plan_proposed", "2026-03-05 10:00")
    first = event("plan_approved", "2026-03-03 09:00", "head")
    assert review("2026-03-04 09:00", plans[0], first).duty("each_plan").state == "met"
    second = review("2026-03-06 09:00", *plans, first).duty("each_plan")
    # From Thursday 5 March two days end with Saturday 7 March.
    assert (second.state, second.due) == ("running", at("2026-03-08 00:00"))
    late = event("plan_approved", "2026-03-08 00:00", "head")
    assert review("2026-03-09 09:00", *plans, first, late).duty("each_plan").state == "met_late"


def test_a_broken_promise_stays_broken_when_another_is_given() -> None:
    """Promised for Wednesday 18:00, promised again later, explained on Thursday: the breach of the first stays a fact."""
    promised = (
        event("promised", "2026-03-02 10:00", promised_by=at("2026-03-04 18:00")),
        event("promised", "2026-03-04 20:00", promised_by=at("2026-03-06 18:00")),
    )
    found = review("2026-03-07 09:00", *promised, event("explained", "2026-03-05 09:00", "desk"))
    assert found.duty("keep_word").state == "met"
    assert [(breach.duty, breach.due) for breach in found.breaches if breach.duty == "keep_word"] == [("keep_word", at("2026-03-04 18:00"))]


def test_what_is_put_forward_anew_is_approved_anew() -> None:
    """Approvals of the first offer do not stand for the second."""
    log = [
        event("remedy_offered", "2026-03-02 10:00"),
        event("approved", "2026-03-03 09:00", "desk", of="remedy_granted"),
        event("approved", "2026-03-03 10:00", "head", of="remedy_granted"),
    ]
    assert review("2026-03-04 09:00", *log).gates["remedy_granted"].state == "open"
    again = event("remedy_offered", "2026-03-03 11:00")
    assert [each.what for each in review("2026-03-04 09:00", *log, again).gates["remedy_granted"].unmet] == ["desk"]


def test_a_group_is_reached_by_one_of_its_members() -> None:
    """To the leaders and the expert: the boss stands for the leaders."""
    boss, expert = (cl.Event(kind="forwarded", at=at("2026-03-02 10:00"), to=to) for to in ("boss", "expert"))
    assert review("2026-03-03 09:00", boss).duty("word_to_head").state == "running"
    assert review("2026-03-03 09:00", boss, expert).duty("word_to_head").state == "met"


@pytest.mark.parametrize(("granted", "due"), [("2026-03-07 23:59", "2026-03-13 00:00"), ("2026-03-08 00:00", "2026-03-08 00:00")])
def test_an_extension_counts_only_when_it_came_in_time(granted: str, due: str) -> None:
    """5 days end with Saturday 7 March; granted before, the 10 days run from the same start and end with 12 March."""
    assert review("2026-03-09 09:00", event("extension_granted", granted)).duty("long").due == at(due)


def test_time_taken_keeps_its_units_apart() -> None:
    """From Monday 09:00 to the Monday after 21:00: 7 days, 180 hours, 5 working days; to 2 May two months."""
    facts = ("days_taken", "hours_taken", "working_days_taken", "months_taken")
    rows = "\n".join(f"      {name}_{n}: {{when: {{{name}: '{n}'}}, then: {name}, cite: m/9}}" for name, n in zip(facts, (7, 180, 5, 2), strict=True))
    text = TEXT.replace("duties:\n", f"  taken:\n    hit: all\n    rules:\n{rows}\nduties:\n", 1)
    text = text.replace("facts:\n", f"facts:\n  taken: {{type: choice, many: yes, values: [{', '.join(facts)}], cite: m/9}}\n", 1)
    policy = cl.Policy.from_text(text, name="taken.yaml")
    case = policy.open_case(cl.Complaint(id="M-1", received_at=at("2026-03-02 09:00")), history=())
    log = (event("final_replied", "2026-03-09 21:00"), event("closed", "2026-05-02 08:00"))
    found = policy.review(case.with_events(*log), at=at("2026-06-01 09:00"))
    assert found.outcomes["taken"].value == set(facts)


@pytest.mark.parametrize(("returned", "state"), [(99, "below"), (100, "equal"), (105, "within"), (106, "above")])
def test_a_comparison_with_a_tolerance(returned: int, state: str) -> None:
    """Up to 5 % above 100 is within; the outcome is shown by a gate that needs it."""
    text = TEXT.replace("  archived: {first:", f"  executed: {{exact: {{needs: {{check: {state}}}, cite: m/5}}}}\n  archived: {{first:")
    policy = cl.Policy.from_text(text, name="compare.yaml")
    case = policy.open_case(cl.Complaint(id="M-1", received_at=at("2026-03-02 09:00"), facts={"ordered": 100}), history=())
    found = policy.review(case.with_events(event("goods_returned", "2026-03-03 09:00", returned=returned)), at=at("2026-03-04 09:00"))
    assert found.gates["executed"].state == "open"
    assert policy.review(case, at=at("2026-03-04 09:00")).gates["executed"].state == "unknown"


def test_above_without_a_known_tolerance_may_still_be_within() -> None:
    """The ratio is a fact that nobody has stated: it is asked for."""
    text = TEXT.replace('tolerance: "5%"', "tolerance: ratio").replace(
        "  value: {type: money", "  ratio: {type: number, unit: percent, cite: m/5}\n  value: {type: money"
    )
    text = text.replace("  archived: {first:", "  executed: {exact: {needs: {check: [below, equal, within]}, cite: m/5}}\n  archived: {first:")
    policy = cl.Policy.from_text(text, name="ratio.yaml")
    case = policy.open_case(cl.Complaint(id="M-1", received_at=at("2026-03-02 09:00"), facts={"ordered": 100}), history=())
    log = case.with_events(event("goods_returned", "2026-03-03 09:00", returned=104))
    gate = policy.review(log, at=at("2026-03-04 09:00")).gates["executed"]
    assert (gate.state, gate.unmet[0].missing) == ("unknown", ("ratio",))


def test_one_of_several_records_suffices_and_time_runs_out() -> None:
    """The letter or the form; and not after 30 days, which end with 1 April."""
    reply = event("final_replied", "2026-03-03 09:00", "desk", answer="x")
    assert review("2026-03-03 10:00").gates["closed"].state == "shut"
    assert review("2026-03-03 10:00", reply).gates["closed"].state == "open"
    assert review("2026-04-01 23:59", amount=3).gates["closed"].state == "open"
    assert [each.code for each in review("2026-04-02 00:00", amount=3).gates["closed"].unmet] == ["too_late.shut"]


def test_steps_are_asked_for_in_their_order() -> None:
    """Closed before the reply does not count as after it."""
    closed, reply = event("closed", "2026-03-03 09:00"), event("final_replied", "2026-03-04 09:00", "desk", answer="x")
    assert [each.what for each in review("2026-03-05 09:00", closed, reply).gates["archived"].unmet] == ["closed"]
    assert review("2026-03-06 09:00", reply, event("closed", "2026-03-05 09:00")).gates["archived"].state == "open"


def test_an_approver_that_the_source_lost_leaves_the_gate_unknown() -> None:
    """Nobody is invented."""
    gate = review("2026-03-03 09:00").gates["plan_approved"]
    assert (gate.state, [each.code for each in gate.unmet]) == ("unknown", ["approval.unspecified_by_source"])


def test_approvals_are_asked_for_one_after_the_other() -> None:
    """First the desk, then the head; an approval of something else does not count."""
    desk = event("approved", "2026-03-03 09:00", "desk", of="remedy_granted")
    head = event("approved", "2026-03-03 10:00", "head", of="remedy_granted")
    other = event("approved", "2026-03-03 10:00", "head", of="closed")
    assert [each.what for each in review("2026-03-04 09:00").gates["remedy_granted"].unmet] == ["desk"]
    assert [each.what for each in review("2026-03-04 09:00", desk, other).gates["remedy_granted"].unmet] == ["head"]
    assert review("2026-03-04 09:00", desk, head).gates["remedy_granted"].state == "open"
