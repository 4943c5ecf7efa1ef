"""Extending a policy: how the base is found and pinned, what is removed, and where faults are said to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from closedloop.errors import InvalidPolicy, UnknownPolicy
from closedloop.policy.loading import Loaded, read_policy, read_text
from closedloop.values.limits import Limit
from tests.policy.samples import WHOLE

PIN = "pin an edition that is there, or add its file"
BASE_HASH = read_text(WHOLE).model.hash
OWN = """\
policy: own
edition: "2"
extends: {base}
title: {{en: Our own}}
duties: {{reply: {{within: 1 day}}}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder that holds the sample in two editions."""
    (tmp_path / "sample.yaml").write_text(WHOLE, encoding="utf-8")
    (tmp_path / "sample.2.yaml").write_text(WHOLE.replace('edition: "1"', 'edition: "2"').replace("1 month", "2 months"), encoding="utf-8")
    (tmp_path / "sample.tests.yaml").write_text("policy: sample\n", encoding="utf-8")
    return tmp_path


def own(folder: Path, base: str, rest: str = "") -> Loaded:
    """Load a policy that extends another, from a file beside it."""
    file = folder / "own.yaml"
    file.write_text(OWN.format(base=base) + rest, encoding="utf-8")
    return read_policy(file)


def refused(folder: Path, base: str, rest: str = "") -> list[str]:
    """Return what is wrong, without the folder."""
    with pytest.raises(InvalidPolicy) as caught:
        own(folder, base, rest)
    return [str(finding).replace(f"{folder}/", "") for finding in caught.value.findings]


@pytest.mark.parametrize(
    "base", ["sample", "sample@1", "{policy: sample}", '{policy: sample, edition: "1"}', f"{{policy: sample, hash: {BASE_HASH[:8]}}}"]
)
def test_the_ways_to_name_a_base(folder: Path, base: str) -> None:
    """The extension has its own head, the keys it changes, and the rest of the base."""
    whole = own(folder, base).model
    assert (whole.id, whole.edition, dict(whole.title.words)) == ("own", "2", {"en": "Our own"})
    assert (whole.duties["reply"].within, whole.duties["reply"].clock) == (Limit(1, "days"), "office")
    assert set(whole.duties) == {"reply", "remind"}


def test_an_edition_that_is_pinned(folder: Path) -> None:
    repeats = own(folder, "sample@2").model.repeats
    assert repeats is not None
    assert repeats.window == Limit(2, "months")


def test_an_edition_may_extend_the_one_before_under_the_same_id(folder: Path) -> None:
    (folder / "sample.3.yaml").write_text('extends: sample@1\nedition: "3"\nin_force: {from: "2026-03-01"}\n', encoding="utf-8")
    third = read_policy(folder / "sample.3.yaml").model
    assert (third.id, third.edition, third.title.text("en")) == ("sample", "3", "Sample")


def test_a_base_in_the_search_path(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("elsewhere") / "own.yaml"
    file.write_text(OWN.format(base="sample"), encoding="utf-8")
    assert read_policy(str(file), search=[folder]).model.id == "own"


def test_a_base_beside_the_file_goes_before_a_packaged_one(folder: Path) -> None:
    (folder / "chery_nev.yaml").write_text(WHOLE.replace("policy: sample", "policy: chery_nev"), encoding="utf-8")
    assert "reply" in own(folder, "chery_nev").model.duties


def test_a_packaged_base() -> None:
    assert "closure" in read_text('policy: own\nedition: "1"\nextends: chery_nev\ntitle: {en: Own}\n').model.duties


def test_what_is_removed(folder: Path) -> None:
    whole = own(folder, "sample", "remove: [duties.remind, repeats.raise_level_by, records.note.signed_by]\n").model
    assert set(whole.duties) == {"reply"}
    assert whole.repeats is not None
    assert (whole.repeats.raise_level_by, whole.records["note"].signed_by) == (0, ())


@pytest.mark.parametrize(
    ("base", "rest", "expected"),
    [
        ("smple", "",
         "own.yaml:3:10: error: there is no policy `smple` beside this file, in the search path or in the package; did you mean `sample`?"),
        ("sample@3", "", f"own.yaml:3:10: error: `sample@3` is not among the policies at hand; found edition 1, edition 2; {PIN}"),
        ("own", "", f"own.yaml:3:10: error: `own` is not among the policies at hand; found `own.yaml`, which extends it already; {PIN}"),
        ("[sample]", "", "own.yaml:3:10: error: this does not name a policy; write `id`, `id@edition` or {policy: id, edition: ..., hash: ...}"),
        ("../sample", "", "own.yaml:3:10: error: this does not name a policy; write `id`, `id@edition` or {policy: id, edition: ..., hash: ...}"),
        ("{policy: sample, hash: abcdef}", "",
         f"own.yaml:3:33: error: `sample` has changed: its hash is {BASE_HASH[:12]}, pinned is abcdef; compare the two, then pin the new hash"),
        ("{policy: sample, hash: abc}", "",
         f"own.yaml:3:33: error: found `abc`, expected the first 6 or more digits of a hash; the hash of `sample` is {BASE_HASH[:12]}"),
        ("sample", "remove: [duties.remnd]\n", "own.yaml:6:10: error: there is no `duties.remnd` to remove; did you mean `duties.remind`?"),
        ("sample", "repeats: {windw: 1 day}\n", "own.yaml:6:11: error: `windw` is not a key of `repeats`; did you mean `window`?"),
    ],
)  # fmt: skip
def test_faults_in_extensions(folder: Path, base: str, rest: str, expected: str) -> None:
    assert expected in refused(folder, base, rest)


def test_remove_needs_something_to_remove_from() -> None:
    with pytest.raises(InvalidPolicy, match="`remove` belongs to a policy that extends another"):
        read_text(WHOLE + "remove: [duties.remind]\n")


def test_policies_that_extend_one_another_in_a_circle(folder: Path) -> None:
    (folder / "other.yaml").write_text('policy: other\nedition: "1"\nextends: own\n', encoding="utf-8")
    expected = f"other.yaml:3:10: error: `own` is not among the policies at hand; found `own.yaml`, which extends it already; {PIN}"
    assert refused(folder, "other") == [expected]


def test_a_fault_in_the_base_is_placed_in_the_base(folder: Path) -> None:
    """The extension's own faults come first."""
    (folder / "sample.yaml").write_text(WHOLE.replace("do: reminded", "do: remindd"), encoding="utf-8")
    line = WHOLE[: WHOLE.index("  remind:")].count("\n") + 1
    found = refused(folder, "sample", "repeats: {window: soon}\n")
    assert [each.partition(" error: ")[0] for each in found] == ["own.yaml:6:19:", f"sample.yaml:{line}:16:"]


def test_an_extension_cannot_change_what_a_reading_in_force_decides(folder: Path) -> None:
    (folder / "sample.yaml").write_text(WHOLE.replace("take: calendar", "take: thirty"), encoding="utf-8")
    expected = "own.yaml:6:19: error: `repeats.window` is decided by the reading month=thirty, so that this change has no effect"
    assert refused(folder, "sample", "repeats: {window: 1 week}\n") == [f"{expected}; change `readings.month` as well"]
    assert own(folder, "sample", "repeats: {window: 1 week}\nreadings: {month: {take: calendar}}\n").model.id == "own"


def test_packaged_policies_by_id() -> None:
    assert read_policy("chery_nev").model.id == "chery_nev"
    assert read_policy("chery_nev@1").file == "chery_nev.yaml"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("chery-nev", "there is no packaged policy `chery-nev`; did you mean `chery_nev`?"),
        ("chery_nev@9", "there is no packaged policy `chery_nev@9`; did you mean `chery_nev`?"),
        ("nowhere.yaml", "there is no policy file `nowhere.yaml`: no such file or directory"),
        (Path("nowhere"), "there is no policy file `nowhere`: no such file or directory"),
        ("a\0/b.yaml", "there is no policy file `a\0/b.yaml`: not a file name"),
    ],
)
def test_unknown_policies(source: str | Path, message: str) -> None:
    with pytest.raises(UnknownPolicy) as caught:
        read_policy(source)
    assert str(caught.value) == message
