"""What our source must never say: a gate turns one source into the lines that break it."""

import ast
import io
import re
import tokenize
from collections.abc import Callable
from functools import cache

Gate = Callable[[str], tuple[int, ...]]

_BROAD = {"Exception", "BaseException"}
_EXPLAINED = re.compile(
    r"#\s*(?:noqa: ?[A-Z]+\d+(?:, ?[A-Z]+\d+)*|type: ignore\[[a-z-]+(?:, ?[a-z-]+)*\])"
    r"\W+(?P<reason>\w.*)"
)
_SILENCING = re.compile(r"#\s*(?:noqa|type:\s*ignore|ruff:|mypy:|pyright:|pragma:)")


def broad_excepts(source: str) -> tuple[int, ...]:
    """Lines that catch everything: a bug would be taken for trouble of the world."""
    return tuple(
        node.lineno
        for node in _nodes(source)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or not _BROAD.isdisjoint(_names(node.type)))
    )


def floats(source: str) -> tuple[int, ...]:
    """Lines that make a float, by a literal or a call: binary fractions are no money.

    The annotation alone is fine: seconds to wait are floats to everybody.
    """
    return tuple(
        node.lineno
        for node in _nodes(source)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and "float" in map(_plain_name, (node.func, *node.args)))
    )


def coroutines(source: str) -> tuple[int, ...]:
    """Lines that wait for something: a pure function never does."""
    waiting = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
    return tuple(node.lineno for node in _nodes(source) if isinstance(node, waiting))


def sentences_made(source: str) -> tuple[int, ...]:
    """Texts that are put together on the spot."""
    return tuple(node.lineno for node in _nodes(source) if isinstance(node, ast.JoinedStr))


def unfinished(source: str) -> tuple[int, ...]:
    """Lines that raise `NotImplementedError`: nothing here is left for later."""
    return tuple(
        node.lineno
        for node in _nodes(source)
        if isinstance(node, ast.Raise)
        and node.exc is not None
        and "NotImplementedError" in map(_plain_name, ast.walk(node.exc))
    )


def unwraps(source: str) -> tuple[int, ...]:
    """Lines that leave a `Result` by force: a failure would become a crash."""
    return tuple(
        node.lineno
        for node in _nodes(source)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"unwrap", "failure"}
    )


def matches_on_results(source: str) -> tuple[int, ...]:
    """Lines that match on `Success` or `Failure`: mypy sees Any inside of them (mypy 17589)."""
    return tuple(
        node.cls.lineno
        for node in _nodes(source)
        if isinstance(node, ast.MatchClass)
        and not {"Success", "Failure"}.isdisjoint(_names(node.cls))
    )


def unexplained_silence(source: str) -> tuple[int, ...]:
    """Comments that silence a tool without its code, or without a reason on the line."""
    return tuple(
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
        and _SILENCING.search(token.string)
        and not _EXPLAINED.search(token.string)
    )


def lines_naming(name: str) -> Gate:
    """A gate against a name, plain (`name`) or of something else (`x.name`)."""

    def gate(source: str) -> tuple[int, ...]:
        return tuple(
            node.lineno
            for node in _nodes(source)
            if (isinstance(node, ast.Name) and node.id == name)
            or (isinstance(node, ast.Attribute) and node.attr == name)
            or (isinstance(node, ast.alias) and node.name.split(".")[-1] == name)
        )

    return gate


def imports_of(*packages: str) -> Gate:
    """A gate against importing any of these packages or a module below them."""

    def inside(module: str) -> bool:
        return any(module == package or module.startswith(f"{package}.") for package in packages)

    def gate(source: str) -> tuple[int, ...]:
        return tuple(
            node.lineno
            for node in _nodes(source)
            if (isinstance(node, ast.Import) and any(inside(alias.name) for alias in node.names))
            or (
                isinstance(node, ast.ImportFrom)
                and any(inside(f"{node.module}.{alias.name}") for alias in node.names)
            )
        )

    return gate


@cache
def _nodes(source: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(source)))


def _plain_name(expression: ast.AST) -> str | None:
    return expression.id if isinstance(expression, ast.Name) else None


def _names(expression: ast.expr) -> set[str]:
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(expression)
        if isinstance(node, ast.Name | ast.Attribute)
    }
