"""Where the next block stands: its section, its quote depth, its list and the block that it hangs under."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.model import BlockKind, Section, Span

if TYPE_CHECKING:
    from markdown_it.token import Token

_LEADERS = frozenset({BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.CELL})
_INTRODUCTIONS = frozenset({BlockKind.PARAGRAPH, BlockKind.HEADING})
_INTRODUCED = frozenset({BlockKind.CELL, BlockKind.CODE, BlockKind.MATH})


@dataclass(slots=True)
class _Container:
    """An open list, list item, definition, quote …; the document itself is the outermost."""

    item: bool = False
    list_id: int | None = None
    parent: int | None = None
    """Of a list or item: the block that the items hang under."""
    first: int | None = None
    """Of an item: its first block."""
    previous: int | None = None
    """The block directly before, in the same container; None after another container."""


class Structure:
    """The containers and sections that are open at a place of the document."""

    def __init__(self) -> None:
        self.sections = [Section(None, 0, None)]
        self.section = 0
        self.quote_depth = 0
        self._open_sections = [0]
        self._containers = [_Container()]
        self._items: list[_Container] = []
        self._kinds: list[BlockKind] = []
        self._parents: list[int | None] = []
        self._lists = 0

    @property
    def at_top(self) -> bool:
        """Whether no container is open."""
        return len(self._containers) == 1

    @property
    def opens_item(self) -> bool:
        """Whether the next block is the first of a list item."""
        return bool(self._items) and self._items[-1].first is None

    def open_section(self, level: int, heading: Span) -> None:
        """A heading at the document's level opens a section."""
        while self.sections[self._open_sections[-1]].level >= level:
            self._open_sections.pop()
        self.section = len(self.sections)
        self.sections.append(Section(heading, level, self._open_sections[-1]))
        self._open_sections.append(self.section)

    def place(self, kind: BlockKind) -> tuple[int | None, int | None]:
        """Parent and list of the next block, which is of this kind."""
        index = len(self._kinds)
        here = self._containers[-1]
        previous, here.previous = here.previous, index
        item = self._items[-1] if self._items else None
        list_id = None
        if item and item.first is None:
            # The first block of `- - text` is the first of both items.
            for outer in reversed(self._items):
                if outer.first is not None:
                    break
                outer.first = index
            parent, list_id = item.parent, item.list_id
        elif kind in _INTRODUCED and previous is not None and self._kinds[previous] in _INTRODUCTIONS:
            parent = previous
        elif kind is BlockKind.CELL and previous is not None and self._kinds[previous] is BlockKind.CELL:
            parent = self._parents[previous]
        else:
            parent = item.first if item else None
        self._kinds.append(kind)
        self._parents.append(parent)
        return parent, list_id

    def enter(self, _token: "Token") -> None:
        """A container of no special kind."""
        self._containers.append(_Container())

    def leave(self, _token: "Token") -> None:
        """The end of a container: no block stands directly before what follows it."""
        if self._containers.pop().item:
            self._items.pop()
        self._containers[-1].previous = None

    def enter_quote(self, token: "Token") -> None:
        """A block quote."""
        self.quote_depth += 1
        self.enter(token)

    def leave_quote(self, token: "Token") -> None:
        """The end of a block quote."""
        self.quote_depth -= 1
        self.leave(token)

    def enter_list(self, _token: "Token") -> None:
        """A list: its items hang under the enclosing item, or what stands directly before the list."""
        previous = self._containers[-1].previous
        if self._items:
            item = self._items[-1]
            parent = item.parent if item.first is None else item.first
        else:
            parent = previous if previous is not None and self._kinds[previous] in _LEADERS else None
        self._containers.append(_Container(list_id=self._lists, parent=parent))
        self._lists += 1

    def enter_item(self, _token: "Token") -> None:
        """An item of a list."""
        list_ = self._containers[-1]
        self._enter_item(_Container(item=True, list_id=list_.list_id, parent=list_.parent))

    def enter_definition(self, _token: "Token") -> None:
        """A definition hangs under its term, as an item of no list."""
        self._enter_item(_Container(item=True, parent=self._containers[-1].previous))

    def leave_definition(self, token: "Token") -> None:
        """The end of a definition: one that follows it has the same term."""
        term = self._containers[-1].parent
        self.leave(token)
        self._containers[-1].previous = term

    def rule(self, _token: "Token") -> None:
        """A thematic break."""
        self._containers[-1].previous = None

    def _enter_item(self, item: _Container) -> None:
        self._containers.append(item)
        self._items.append(item)
