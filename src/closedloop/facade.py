"""A policy as users see it: thin methods that hand on to the modules below."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from closedloop.calendars import Calendar
from closedloop.casework import Case
from closedloop.complaint import aware, must_be_complaint
from closedloop.deciding import decide
from closedloop.errors import InvalidValue, UnknownCalendar, closest
from closedloop.evaluation.counts import count_queries
from closedloop.evaluation.repeats import query
from closedloop.evaluation.rulebook import Rulebook
from closedloop.evaluation.situation import situation
from closedloop.history import History, cases_of
from closedloop.intake import read_complaint, read_event
from closedloop.reviewing import review

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal
    from os import PathLike

    import pydantic

    from closedloop.casework import Review
    from closedloop.complaint import Actor, Complaint, Event
    from closedloop.decision import Decision
    from closedloop.errors import Finding
    from closedloop.history import CountQuery, PastCase, RepeatQuery
    from closedloop.policy.document import PolicyDocument
    from closedloop.policy.loading import Loaded
    from closedloop.policy.vocabulary import Vocabulary
    from closedloop.redress.liability import Share
    from closedloop.redress.losses import Loss
    from closedloop.redress.offers import Offer
    from closedloop.redress.returns import Reconciliation
    from closedloop.redress.ruling import Ruling
    from closedloop.redress.settlement import Settlement
    from closedloop.reporting.measures import Measure
    from closedloop.reporting.period import Period
    from closedloop.reporting.retention import Retention
    from closedloop.reporting.routines import Agenda
    from closedloop.reporting.statistics import Statistics
    from closedloop.values.facts import FactValue
    from closedloop.values.money import Money
    from closedloop.values.text import Label, Lang

_TESTS = ".tests.yaml"


@dataclass(frozen=True)
class Policy:
    """A policy, ready to decide. It is a value: `replace` gives another one.

    Build one with `load_policy`, `Policy.from_text` or `Policy.from_document`. Safe to share between threads and after fork.
    """

    _loaded: Loaded = field(repr=False)
    _calendars: Mapping[str, Calendar] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        """Name the policy and its edition, and what a variant is called."""
        variant = f", name={self.name!r}" if self.name != self.id else ""
        return f"Policy({self.id!r}, edition={self.edition!r}{variant})"

    @classmethod
    def from_text(
        cls, text: str, *, name: str = "policy", search: Sequence[PathLike[str]] = (), calendars: Mapping[str, Calendar] | None = None
    ) -> Policy:
        """Read a policy from its YAML text; `name` stands for the file in messages. Raises `InvalidPolicy`."""
        from closedloop.policy import loading

        return _with_calendars(loading.read_text(text, name, search=search), calendars)

    @classmethod
    def from_document(
        cls, document: PolicyDocument, *, search: Sequence[PathLike[str]] = (), calendars: Mapping[str, Calendar] | None = None
    ) -> Policy:
        """Make a policy from a document built in Python. Raises `InvalidPolicy`."""
        from closedloop.policy import loading

        return _with_calendars(loading.from_document(document, search=search), calendars)

    # --- what it is ---

    @property
    def id(self) -> str:
        """The id of the policy."""
        return self._loaded.model.id

    @property
    def edition(self) -> str:
        """The edition."""
        return self._loaded.model.edition

    @property
    def name(self) -> str:
        """What the policy is called in comparisons: its id, or the name given to a variant."""
        return self._loaded.model.name

    @property
    def title(self) -> Label:
        """The title in the languages of the document."""
        return self._loaded.model.title

    @property
    def hash(self) -> str:
        """A hash of what the document says, readings and base included."""
        return self._loaded.model.hash

    @property
    def timezone(self) -> str:
        """The zone in which the policy counts days."""
        return self.book.timezone

    @property
    def languages(self) -> tuple[Lang, ...]:
        """The languages in which the document names its words."""
        return self._loaded.model.languages

    @property
    def vocabulary(self) -> Vocabulary:
        """Categories, levels, facts, parties, duties and event kinds, with their labels."""
        return self.book.vocabulary

    @cached_property
    def book(self) -> Rulebook:
        """The validated rules, ready to run."""
        return Rulebook(self._loaded.model, self._calendars)

    def __reduce__(self) -> tuple[type[Policy], tuple[Loaded, Mapping[str, Calendar]]]:
        """Pickle the document and the calendars; what was made ready from them is made again."""
        return Policy, (self._loaded, self._calendars)

    # --- build input ---

    def complaint(self, data: Mapping[str, object], *, assume_timezone: str | None = None) -> Complaint:
        """Read a complaint from JSON or a form: text is parsed, and every problem is reported at once.

        `assume_timezone` names the zone in which instants without one are read. Raises `InvalidComplaint`, or `UnknownTimezone` for that zone.
        """
        return read_complaint(self.book, data, assume_timezone)

    def event(self, data: Mapping[str, object], *, assume_timezone: str | None = None) -> Event:
        """Read an event from JSON or a form. Raises `InvalidEvent` with every problem at once, or `UnknownTimezone` for the zone to assume."""
        return read_event(self.book, data, assume_timezone)

    def complaint_model(self) -> type[pydantic.BaseModel]:
        """Return a pydantic model of a request body, with this policy's facts and their choices."""
        from closedloop.requests import complaint_model

        return complaint_model(self.book)

    def repeat_query(self, complaint: Complaint) -> RepeatQuery | None:
        """Return what to ask a database for before deciding; None where no complaint repeats another, or its key is not known."""
        must_be_complaint(complaint)
        repeats = self.book.repeats
        if repeats is None:
            return None
        key = {name: value for name, value in situation(self.book, complaint, ()).key.items() if value is not None}
        return query(repeats.rule, key, complaint.received_at) if len(key) == len(repeats.rule.same) else None

    def count_queries(self, complaint: Complaint) -> tuple[CountQuery, ...]:
        """Return what else to ask for: the earlier cases that facts count over, or add up, as far as the complaint does not state them.

        Give these cases their facts and events (`PastCase.of`). Raises `InvalidComplaint`.
        """
        must_be_complaint(complaint)
        return count_queries(situation(self.book, complaint, ()))

    # --- decide and follow ---

    def decide(self, complaint: Complaint, *, history: Iterable[PastCase] | History | None) -> Decision:
        """Decide a complaint as of its receipt.

        `history=()` says that there is no earlier case; `history=None` says that nobody looked. Raises `InvalidComplaint`.
        """
        must_be_complaint(complaint)
        return decide(self.book, complaint, cases_of(self._narrowed(complaint, history)))

    def _narrowed(self, complaint: Complaint, history: Iterable[PastCase] | History | None) -> Iterable[PastCase] | History | None:
        """Take from an indexed history only the cases that can matter."""
        if not isinstance(history, History) or self.book.counts_earlier:
            return history
        asked = self.repeat_query(complaint)
        return history if asked is None else history.find(asked)

    def open_case(self, complaint: Complaint, *, history: Iterable[PastCase] | History | None) -> Case:
        """Decide a complaint and open a case for it."""
        return Case(complaint=complaint, decision=self.decide(complaint, history=history))

    def review(self, case: Case, *, at: datetime) -> Review:
        """Work out a case at an instant: its duties, its gates, and whether it may close.

        Raises `PolicyMismatch` for a case decided under another policy.
        """
        return review(self.book, case, aware(at))

    # --- redress ---

    def authorise(self, offer: Offer, *, by: Actor, case: Case, prior: Iterable[Offer] | None = None) -> Ruling:
        """Say whether an actor may grant an offer, or whose approval it needs. `prior` are the customer's offers in other cases.

        Raises `InvalidOffer`, or `PolicyMismatch` for a case decided under another policy.
        """
        from closedloop.redress.authority import authorise

        return authorise(self.book, offer, by, case, prior)

    def settle(self, offer: Offer, *, case: Case, documents: Collection[str], event: str = "settled") -> Settlement:
        """Say what the settlement of an offer needs besides the documents there are: the gates of `settled`, or of another event.

        Raises `InvalidOffer`, or `UnknownName` where no gate speaks of the event.
        """
        from closedloop.redress.settlement import settle

        return settle(self.book, offer, case, documents, event)

    def loss(self, case: Case, *, at: datetime, price_loss: Money | None = None, actual_loss: Money | None = None) -> Loss:
        """Work out the loss to be borne, by the table `loss_basis`: what the goods sold for less, and what those not sold lost."""
        from closedloop.redress.losses import loss

        return loss(self.book, case, aware(at), price_loss, actual_loss)

    def apportion(self, loss: Money, fault: Mapping[str, Decimal | int], *, case: Case | None = None) -> tuple[Share, ...]:
        """Split a loss by ratio of fault, exact to the smallest unit. With a case, its table `sharing` must allow the split.

        Raises `InvalidOffer` for ratios, and `InvalidValue` for a loss, that do not fit.
        """
        from closedloop.redress.liability import apportion

        return apportion(self.book, loss, fault, case)

    def reconcile(self, case: Case, *, at: datetime, event: str = "settled") -> Reconciliation:
        """Say whether returned goods are posted, held, or approved first, by the gates of the event that books them."""
        from closedloop.redress.returns import reconcile

        return reconcile(self.book, case, aware(at), event)

    # --- report ---

    def targets(self, cases: Iterable[Case], *, at: datetime) -> tuple[Measure, ...]:
        """Measure every target over cases as they stand at an instant. Raises what `review` raises, and `InvalidValue` for a case given twice."""
        from closedloop.reporting.measures import targets

        return targets(self.book, cases, at)

    def routines(
        self, cases: Iterable[Case], *, period: Period, events: Iterable[Event] = (), facts: Mapping[str, FactValue] | None = None
    ) -> Agenda:
        """List the routines that come round in a period, each with its cases, and those that do not, with the reason.

        `events` are those of the caseload as a whole, `facts` those about the company that routines ask for.
        """
        from closedloop.reporting.routines import routines

        return routines(self.book, cases, period, events, facts)

    def statistics(
        self, cases: Iterable[Case], *, period: Period, by: str = "received", at: datetime | None = None, dimensions: Sequence[str] | None = None
    ) -> Statistics:
        """Count the cases to which the event `by` happened in a period, as they stand at its end, or at the instant given.

        `dimensions` name the facts by which cases are broken down. Raises `UnknownName` for words that the policy does not know.
        """
        from closedloop.reporting.counting import statistics

        return statistics(self.book, cases, period, by=by, at=at, dimensions=dimensions)

    def retention(self, case: Case, *, at: datetime) -> Retention:
        """Say until when a case must be kept, as things stand at an instant. Raises what `review` raises."""
        from closedloop.reporting.retention import retention

        return retention(self.book, case, aware(at))

    # --- change and prove ---

    def replace(self, changes_by_path: Mapping[str, object], *, name: str) -> Policy:
        """Return a variant. Keys are dotted paths, such as `tables.closing_limit.rules.quality.then` or `repeats.window`.

        Raises `InvalidPolicy` for an unknown path (with the nearest) or a value that does not fit.
        """
        from closedloop.policy import changes

        return Policy(changes.replace(self._loaded, changes_by_path, name), self._calendars)

    def paths(self) -> tuple[str, ...]:
        """Return the paths that `replace` takes."""
        return self._loaded.paths()

    def check(self) -> tuple[Finding, ...]:
        """Return remarks on the policy that do not stop it from running, in the order of the file."""
        from closedloop.policy import checking

        return checking.check(self._loaded)

    def to_yaml(self) -> str:
        """Write the document, its base and changes merged; loading it gives the same hash."""
        return self._loaded.to_yaml()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInfo:
    """A packaged policy: its id, edition and title, and the file that holds it."""

    id: str
    edition: str
    title: Label
    path: Path


def load_policy(source: str | PathLike[str], *, search: Sequence[PathLike[str]] = (), calendars: Mapping[str, Calendar] | None = None) -> Policy:
    """Load a policy from a file, or by the id of a packaged one.

    A `PathLike`, or a string with a path separator or ending in `.yaml`, is a file. `extends` is looked for beside the file,
    then in `search`, then among the packaged policies. `calendars` are the host's, by the names that clocks use.

    Raises `InvalidPolicy` with all findings at once, or `UnknownPolicy`.
    """
    from closedloop.policy import loading

    return _with_calendars(loading.read_policy(source, search=search), calendars)


def packaged_policies() -> tuple[PolicyInfo, ...]:
    """Return the policies that come with the library, each edition by itself."""
    found = []
    for path in sorted(Path(str(resources.files("closedloop") / "policies")).glob("*.yaml")):
        if not path.name.endswith(_TESTS):
            policy = load_policy(path)
            found.append(PolicyInfo(id=policy.id, edition=policy.edition, title=policy.title, path=path))
    return tuple(found)


def _with_calendars(loaded: Loaded, calendars: Mapping[str, Calendar] | None) -> Policy:
    """Give a policy the host's calendars. One that no clock names is refused: a misspelt name would be passed over in silence."""
    named = {clock.calendar for clock in loaded.model.clocks.values() if clock.calendar is not None}
    for name, calendar in (calendars or {}).items():
        given: object = calendar
        if name not in named:
            near = closest(str(name), named)
            hint = f"did you mean `{near}`?" if near else f"they name {', '.join(sorted(named)) or 'none'}"
            raise UnknownCalendar(f"no clock of `{loaded.model.id}` names the calendar `{name}`; {hint}", found=str(name), suggestion=near)
        if not isinstance(given, Calendar):
            kind = type(given).__name__
            raise InvalidValue(f"the calendar `{name}` is a {kind}; give a BusinessCalendar", found=kind)
    return Policy(loaded, dict(calendars or {}))
