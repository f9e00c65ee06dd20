"""Reads YAML rule files so that every mistake in them is reported at its file, line and column."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from fractions import Fraction
from typing import NamedTuple, NoReturn

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from auditor.errors import AuditorError

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
KINDS = {"null": "nothing", "bool": "a truth value", "int": "a number", "float": "a number", "str": "a text"}
INTEGER = re.compile(r"[+-]?\d[\d_]*")
DECIMAL = re.compile(r"[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
FRACTION = re.compile(r"[+-]?\d[\d_]*\s*/\s*0*[1-9][\d_]*")
DEEPEST = 50


class Source(NamedTuple):
    """A value of a YAML file together with the place where it stands.

    The readers (`mapping`, `sequence`, `text` …) return what a rule file must have there, or raise an
    `AuditorError` that names the place.
    """

    path: str
    """Of the file, as shown in messages."""
    node: Node
    content: str
    """The whole file; positions inside a scalar are found in it."""

    def error(self, message: str, offset: int = 0) -> AuditorError:
        """Return an error for this place, or for the character at `offset` of this scalar's text."""
        line, column = self._place(offset)
        return AuditorError(f"{self.path}:{line}:{column}: {' '.join(message.split())}")

    def fail(self, message: str, offset: int = 0) -> NoReturn:
        """Raise `error(message, offset)`."""
        raise self.error(message, offset)

    def mapping(self, required: Collection[str] = (), optional: Collection[str] = ()) -> dict[str, Source]:
        """Return the entries of a mapping that has all required keys and no key that is in neither collection."""
        entries = dict(self._entries())
        known = (*required, *optional)
        for key, value in self._keys():
            if value not in known:
                key.fail(unknown("key", value, known))
        if missing := [key for key in required if key not in entries]:
            self.fail(f"missing key {quoted(missing)}")
        return entries

    def is_mapping(self) -> bool:
        """Whether this is a mapping, where a rule file may have something else."""
        return isinstance(self.node, MappingNode)

    def is_sequence(self) -> bool:
        """Whether this is a list, where a rule file may have something else."""
        return isinstance(self.node, SequenceNode)

    def items(self) -> dict[str, Source]:
        """Return the entries of a mapping whose keys are names of the file's own choice."""
        return dict(self._entries())

    def keys(self) -> dict[str, Source]:
        """Return the keys of a mapping, each with its own place."""
        return {value: key for key, value in self._keys()}

    def sequence(self) -> list[Source]:
        """Return the items of a list."""
        if not isinstance(self.node, SequenceNode):
            self.fail(f"expected a list, found {self._kind()}")
        return [self._at(item) for item in self.node.value]

    def texts(self) -> tuple[str, ...]:
        """Return the items of a list of texts; a single text stands for a list of one."""
        if isinstance(self.node, ScalarNode):
            return (self.text(),)
        return tuple(item.text() for item in self.sequence())

    def text(self) -> str:
        """Return a text that is not empty; a number or a truth value is taken as it is written."""
        if not isinstance(self.node, ScalarNode):
            self.fail(f"expected a text, found {self._kind()}")
        value: str = self.node.value
        if not value.strip():
            self.fail("expected a text, found nothing")
        return value

    def choice(self, values: Collection[str]) -> str:
        """Return a text that is one of `values`."""
        if (value := self.text()) not in values:
            self.fail(unknown("value", value, values))
        return value

    def fraction(self) -> Fraction:
        """Return an exact number: written as integer, decimal, with an exponent (`1.5e9`) or as a quotient (`1/3`)."""
        value = self.text().strip()
        if not (DECIMAL.fullmatch(value) or FRACTION.fullmatch(value)):
            self.fail(f'expected a number, found "{value}"')
        return Fraction(re.sub(r"[\s_]", "", value))

    def integer(self) -> int:
        """Return a whole number."""
        value = self.text().strip()
        if not INTEGER.fullmatch(value):
            self.fail(f'expected a whole number, found "{value}"')
        return int(value.replace("_", ""))

    def boolean(self) -> bool:
        """Return a truth value, written `true` or `false`."""
        return self.choice(("true", "false")) == "true"

    def plain(self) -> object:
        """Return the value as plain data: str, int, Fraction, bool, None, and lists and dicts of them."""
        if isinstance(self.node, MappingNode):
            return {key: value.plain() for key, value in self._entries()}
        if isinstance(self.node, SequenceNode):
            return [item.plain() for item in self.sequence()]
        assert isinstance(self.node, ScalarNode)
        value: str = self.node.value
        if not self.node.style and DECIMAL.fullmatch(value):
            return self.integer() if INTEGER.fullmatch(value) else self.fraction()
        if self._tag() == "bool":
            return self.boolean()
        return None if self._tag() == "null" else value

    def _at(self, node: Node) -> Source:
        return Source(self.path, node, self.content)

    def _keys(self) -> Iterator[tuple[Source, str]]:
        if not isinstance(self.node, MappingNode):
            self.fail(f"expected a mapping, found {self._kind()}")
        for key, _ in self.node.value:
            place = self._at(key)
            yield place, place.text()

    def _entries(self) -> Iterator[tuple[str, Source]]:
        seen: set[str] = set()
        for (place, key), (_, value) in zip(self._keys(), self.node.value, strict=True):
            if key in seen:
                place.fail(f'the key "{key}" is given twice')
            seen.add(key)
            yield key, self._at(value)

    def _tag(self) -> str:
        return str(self.node.tag).rpartition(":")[2]

    def _kind(self) -> str:
        if isinstance(self.node, ScalarNode):
            return KINDS.get(self._tag(), "a text")
        return "a list" if isinstance(self.node, SequenceNode) else "a mapping"

    def _place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of the character at `offset`; of the whole value where the text was refolded."""
        mark = self.node.start_mark
        value = self.node.value
        if not (offset and isinstance(self.node, ScalarNode)):
            return mark.line + 1, mark.column + 1
        if self.node.style == "|":
            number = value.count("\n", 0, offset)
            written, line = self.content.splitlines()[mark.line + 1 + number], value.split("\n")[number]
            before = value[:offset].rpartition("\n")[2]
            return mark.line + number + 2, len(written) - len(line) + len(before) + 1
        start = mark.column + bool(self.node.style)
        written = self.content.splitlines()[mark.line]
        if written[start:].startswith(value[:offset]):
            return mark.line + 1, start + offset + 1
        return mark.line + 1, mark.column + 1


def decode_source(content: bytes, path: str) -> Source:
    """Parse the bytes of a YAML file, which must be UTF-8."""
    try:
        return parse_source(content.decode(), path)
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise AuditorError(f"{path}:{line}:1: is not UTF-8") from problem


def parse_source(content: str, path: str) -> Source:
    """Parse the text of a YAML file; a file with nothing in it is an empty mapping."""
    try:
        _refuse_unbounded(content, path)
        node = yaml.compose(content, Loader=LOADER) or yaml.compose("{}", Loader=LOADER)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        place = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        raise AuditorError(f"{path}:{place}: broken YAML: {problem.problem or problem.context}") from problem
    except yaml.YAMLError as problem:
        raise AuditorError(f"{path}:1:1: broken YAML: {' '.join(str(problem).split())}") from problem
    assert node is not None
    return Source(path, node, content)


def _refuse_unbounded(content: str, path: str) -> None:
    """Refuse aliases, whose expansion has no bound, and a nesting that would exhaust the stack."""
    depth = 0
    for event in yaml.parse(content, Loader=LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        alias = isinstance(event, yaml.AliasEvent)
        if alias or depth > DEEPEST:
            mark = event.start_mark
            place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else path
            raise AuditorError(f"{place}: {'aliases (*name) are not allowed here' if alias else 'nested too deeply'}")


def unknown(what: str, value: str, valid: Collection[str], *, listed: bool = True) -> str:
    """Say that `value` is none of the valid ones, with the nearest of them and, if wanted, all."""
    near = get_close_matches(value, list(valid), 1)
    hint = f', did you mean "{near[0]}"?' if near else ""
    if not listed:
        return f'unknown {what} "{value}"{hint}'
    return f'unknown {what} "{value}"{hint or ";"} valid {what}s: {", ".join(sorted(valid))}'


def quoted(values: Collection[str]) -> str:
    """Join names for a message: "a", "b"."""
    return ", ".join(f'"{value}"' for value in values)
