"""Relations between quantities that are known by their names: facts, rule packs, datasheets."""
