"""Values that stand at several places, in prose and in settings, and must agree."""
