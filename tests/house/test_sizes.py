"""What a reader can hold at once: short modules, short functions, short test files."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_FILE = 400
LONGEST_FUNCTION = 40


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function, without its signature and its docstring."""
    documented = ast.get_docstring(function) is not None
    body = function.body[1:] if documented else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_module_and_no_test_file_is_long(files: tuple[Path, ...]) -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in files if path.suffix == ".py"}
    assert {str(path): lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_long(modules: tuple[Path, ...]) -> None:
    long = {f"{path}:{f.lineno} {f.name}": body_lines(f) for path in modules for f in functions(path) if body_lines(f) > LONGEST_FUNCTION}
    assert long == {}


def test_a_docstring_does_not_count() -> None:
    """The check measures what it says: three lines of body below a docstring of three are three."""
    text = 'def f():\n    """One.\n\n    Two.\n    """\n    a = 1\n    b = 2\n    return a + b\n'
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert body_lines(function) == 3
