"""What the field knows, as data: symbols, relations, rules and facts from YAML rule packs."""
