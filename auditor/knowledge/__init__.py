"""What the field knows, as data: symbols, relations, rules and facts from YAML rule packs."""

from auditor.knowledge.knowledge import Knowledge
from auditor.knowledge.load import load_knowledge

__all__ = ["Knowledge", "load_knowledge"]
