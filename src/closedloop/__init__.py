"""closedloop makes the document by which a company handles complaints executable: decide, prove, foresee.

Load a policy, give it a complaint, and read the decision; every answer names its rule and clause.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from closedloop.calendars import BusinessCalendar, Clock, Due, Pause, RunningClock, Step, localise
from closedloop.casework import Breach, Callbacks, Case, Closing, DutyWarning, Escalation, GateResult, Missing, Notice, Review
from closedloop.complaint import Actor, Complaint, Event
from closedloop.decision import Decision, Duty, PolicyRef, Repeat, Requirement, Route
from closedloop.editions import PolicyBook
from closedloop.errors import (
    ClosedloopError,
    Finding,
    InvalidComplaint,
    InvalidEvent,
    InvalidOffer,
    InvalidPolicy,
    InvalidRecord,
    InvalidValue,
    MissingExtra,
    NoOpenTime,
    Place,
    PolicyMismatch,
    Problem,
    UnknownCalendar,
    UnknownName,
    UnknownPolicy,
)
from closedloop.evaluation.outcomes import Outcome
from closedloop.explanation.reasons import FactChange, Question, Reason, WhyNot
from closedloop.facade import Policy, PolicyInfo, load_policy, packaged_policies
from closedloop.history import CountQuery, History, PastCase, RepeatQuery
from closedloop.policy.witnesses import Witness
from closedloop.rules.program import TooIntricate
from closedloop.values.choices import Choice
from closedloop.values.clauses import Clause
from closedloop.values.facts import FactValue
from closedloop.values.limits import Limit
from closedloop.values.money import Money
from closedloop.verification import Verification, verify

if TYPE_CHECKING:
    from closedloop.record import Record
    from closedloop.redress.liability import Share
    from closedloop.redress.losses import Loss
    from closedloop.redress.offers import Offer
    from closedloop.redress.returns import Comparison, Reconciliation
    from closedloop.redress.ruling import Ruling
    from closedloop.redress.settlement import Papers, Settlement
    from closedloop.reporting.measures import Measure
    from closedloop.reporting.period import Period
    from closedloop.reporting.retention import Retention
    from closedloop.reporting.routines import Agenda, RoutineDue
    from closedloop.reporting.statistics import Statistics

__version__ = "0.1.0"

__all__ = [
    # a policy
    "load_policy",
    "packaged_policies",
    "Policy",
    "PolicyBook",
    "PolicyInfo",
    # what goes in
    "Complaint",
    "CountQuery",
    "Event",
    "Actor",
    "Case",
    "History",
    "PastCase",
    "RepeatQuery",
    "localise",
    # what comes out
    "Decision",
    "Duty",
    "Outcome",
    "PolicyRef",
    "Repeat",
    "Requirement",
    "Route",
    "Record",
    "verify",
    "Verification",
    "Review",
    "Breach",
    "Callbacks",
    "Closing",
    "DutyWarning",
    "Escalation",
    "GateResult",
    "Missing",
    "Notice",
    # redress
    "Offer",
    "Ruling",
    "Settlement",
    "Papers",
    "Loss",
    "Share",
    "Reconciliation",
    "Comparison",
    # reports
    "Period",
    "Measure",
    "Agenda",
    "RoutineDue",
    "Statistics",
    "Retention",
    # why
    "Clause",
    "FactChange",
    "Question",
    "Reason",
    "WhyNot",
    # values
    "Choice",
    "FactValue",
    "Limit",
    "Money",
    # time on its own
    "BusinessCalendar",
    "Clock",
    "Due",
    "Pause",
    "RunningClock",
    "Step",
    # what can be wrong
    "ClosedloopError",
    "Finding",
    "Witness",
    "InvalidComplaint",
    "InvalidEvent",
    "InvalidOffer",
    "InvalidRecord",
    "InvalidPolicy",
    "InvalidValue",
    "MissingExtra",
    "NoOpenTime",
    "Place",
    "PolicyMismatch",
    "Problem",
    "TooIntricate",
    "UnknownCalendar",
    "UnknownName",
    "UnknownPolicy",
]


#: Names that are imported on first need: a host that stores nothing, and grants nothing, does not wait for them.
_LATER = {
    "Record": "closedloop.record",
    "Share": "closedloop.redress.liability",
    "Loss": "closedloop.redress.losses",
    "Offer": "closedloop.redress.offers",
    "Comparison": "closedloop.redress.returns",
    "Reconciliation": "closedloop.redress.returns",
    "Ruling": "closedloop.redress.ruling",
    "Papers": "closedloop.redress.settlement",
    "Settlement": "closedloop.redress.settlement",
    "Measure": "closedloop.reporting.measures",
    "Period": "closedloop.reporting.period",
    "Retention": "closedloop.reporting.retention",
    "Agenda": "closedloop.reporting.routines",
    "RoutineDue": "closedloop.reporting.routines",
    "Statistics": "closedloop.reporting.statistics",
}


def __getattr__(name: str) -> object:
    """Import a name on first need."""
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    message = f"module 'closedloop' has no attribute {name!r}"
    raise AttributeError(message)
