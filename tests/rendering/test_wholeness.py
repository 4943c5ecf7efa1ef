"""Nothing of a policy is lost in print: every part that cites a clause is there once, with its clauses."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, get_args

import pytest

from closedloop.facade import Policy, load_policy, packaged_policies
from closedloop.rendering import Form, render
from tests.cli.shop import POLICY
from tests.policy.samples import WHOLE
from tests.rendering.markup import Markup
from tests.rendering.samples import everything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from closedloop.values.clauses import Provenance

pytestmark = pytest.mark.untraced

SECTIONS = ("parties", "facts", "events", "records", "clocks", "tables", "rounds", "duties", "routines", "gates", "targets", "readings")
LANGUAGES = ("zh", "en")
PACKAGED = {f"{info.id}@{info.edition}": info.path for info in packaged_policies()}
INLINE: dict[str, Callable[[], Policy]] = {"mill": everything, "sample": lambda: Policy.from_text(WHOLE), "shop": lambda: Policy.from_text(POLICY)}


@cache
def policy_of(name: str) -> Policy:
    return INLINE[name]() if name in INLINE else load_policy(PACKAGED[name])


@lru_cache(maxsize=8)
def printed(name: str, lang: str, form: Form = "markdown") -> str:
    """Print a policy; the tests that look at one policy run one after the other."""
    return render(policy_of(name), lang, form)


@pytest.fixture(scope="module", params=[*INLINE, *PACKAGED])
def name(request: pytest.FixtureRequest) -> str:
    """Name each policy in turn."""
    return str(request.param)


def parts(policy: Policy) -> Iterator[Provenance]:
    """Go through what stands behind every part of a policy: declared words, rows, rules, and the whole of `repeats` and `in_force`."""
    model = policy.book.model
    for section in SECTIONS:
        for part in getattr(model, section).values():
            yield part.provenance
    yield from (rule.provenance for table in model.tables.values() for rule in table.rules)
    yield from (pause.provenance for clock in model.clocks.values() for pause in clock.pauses)
    yield model.in_force.provenance
    if model.repeats is not None:
        yield model.repeats.provenance


def rules(policy: Policy) -> set[str]:
    """Return the paths of everything that rules, whether or not it cites a clause."""
    ruling = ("tables.", "duties.", "rounds", "routines.", "gates.", "targets.", "readings.", "clocks.", "repeats")
    return {each.path for each in parts(policy) if each.path.startswith(ruling)}


def blocks(text: str) -> dict[str, str]:
    """Return, by the path that it bears, the row or the clause of a Markdown page."""
    found: dict[str, str] = {}
    for clause in re.split(r"^(?=##)", text, flags=re.MULTILINE):
        head, _, rest = clause.partition("\n")
        for path in re.findall(r"`([\w.]+)`$", head):
            found[path] = clause
        for line in rest.splitlines():
            for path in re.findall(r"`([\w.]+)` \|$", line):
                found[path] = line
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_part_that_cites_a_clause_stands_once_with_its_clauses(name: str, lang: str) -> None:
    policy, text = policy_of(name), printed(name, lang)
    found = blocks(text)
    for part in parts(policy):
        if part.clauses:
            assert text.count(f"`{part.path}`") == 1, part.path
            assert [clause.id for clause in part.clauses if clause.id not in found[part.path]] == [], part.path


@pytest.mark.parametrize("form", get_args(Form))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_stands_once_also_where_it_cites_nothing(name: str, lang: str, form: Form) -> None:
    left, right = ("`", "`") if form == "markdown" else ("<code>", "</code>")
    text = printed(name, lang, form)
    assert [path for path in sorted(rules(policy_of(name))) if text.count(f"{left}{path}{right}") != 1] == []


def test_the_words_of_every_clause_are_quoted(name: str) -> None:
    """In Markdown a special character of the source stands behind a backslash."""
    text = printed(name, "zh").replace("\\", "")
    quoted = {clause.id: " ".join((clause.text or "").split()) for clause in policy_of(name).book.model.clauses.values()}
    assert [clause for clause, words in quoted.items() if words.replace("\\", "") not in text] == []


def test_every_clause_is_listed_with_what_rests_on_it() -> None:
    """m/2 stands behind the fact `harm` and both gates of `remedy_granted`; no rule cites m/99."""
    lines = render(everything(), "en").splitlines()
    (used,) = [line for line in lines if line.startswith("| m/2 |")]
    (idle,) = [line for line in lines if line.startswith("| m/99 |")]
    assert used == "| m/2 | 两位负责人依次批准 | 2.2.2, 6.1, 6.2 |"
    assert idle.endswith("| (nothing rests on it) |")


@pytest.mark.parametrize("form", get_args(Form))
def test_the_same_policy_gives_the_same_text(form: Form) -> None:
    assert render(everything(), "zh", form) == render(everything(), "zh", form)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_name_of_the_data_stands_among_the_words(lang: str) -> None:
    """Codes of fields are joined by `_`; in the words of a document they would be data. The codes at the entries are set apart."""
    text = re.sub(r"`[\w.]+`", "", render(everything(), lang))
    assert re.findall(r"[a-z]+_[a-z_]+", text) == []


def test_the_html_page_is_whole_and_fetches_nothing(name: str) -> None:
    text = printed(name, "zh", "html")
    page = Markup(text)
    assert (page.open, page.wrong, page.fetched) == ([], [], [])
    assert "@import" not in text
    assert "url(http" not in text
