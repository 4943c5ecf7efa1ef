"""The body of a request for a decision, as a pydantic model made from a policy: its facts, their types and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, create_model

from closedloop.evaluation.facts import ATTRIBUTES

if TYPE_CHECKING:
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.policy.model import Fact

_TYPES: Final[dict[str, Any]] = {"yes_no": bool, "instant": AwareDatetime}
_STRICT: Final = ConfigDict(extra="forbid")


class Amount(BaseModel):
    """An amount of money: exact, as text, with its currency."""

    model_config = _STRICT

    amount: str = Field(examples=["10.50"])
    currency: str = Field(pattern="[A-Z]{3}", examples=["CNY"])


def complaint_model(book: Rulebook) -> type[BaseModel]:
    """Return the model of a complaint as JSON, with the facts that the policy asks for at intake."""
    facts: dict[str, Any] = {name: _field(book, fact) for name, fact in book.model.facts.items() if _asked(fact)}
    category = book.model.facts.get("category")
    given = category is not None and category.table is None
    attributes: dict[str, Any] = {
        "id": (str, Field(min_length=1, description="the host's own key")),
        "received_at": (AwareDatetime, Field(description="when the complaint was received, with its offset")),
        "incident_at": (AwareDatetime | None, None),
        "customer": (str | None, Field(None, description="the actual customer, also behind a proxy")),
        "proxy": (str | None, Field(None, description="the kind of proxy, when one complains for the customer")),
        "subject": (str | None, Field(None, description="what the complaint is about, in the host's terms")),
        "category": _field(book, category) if given and category is not None else (str | None, None),
        "channel": (str | None, None),
        "text": (str | None, None),
        "claim": (Amount | None, None),
        "facts": (create_model("Facts", __config__=_STRICT, **facts), Field(default_factory=dict)),
    }
    return create_model("Complaint", __config__=_STRICT, **attributes)


def _asked(fact: Fact) -> bool:
    return fact.table is None and fact.derived is None and fact.at is None and fact.id not in {*ATTRIBUTES, "round", "repeat"}


def _field(book: Rulebook, fact: Fact) -> tuple[Any, Any]:
    domain = fact.domain
    kind: Any = _TYPES.get(domain.type, str)
    if domain.type == "money":
        kind = Amount
    elif domain.listed and not domain.open_list:
        kind = Literal[domain.codes]
    description = book.vocabulary.label(fact.id, "en")
    return (list[kind] if domain.many else kind) | None, Field(None, description=description)
