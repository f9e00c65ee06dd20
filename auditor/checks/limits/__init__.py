"""Limits: what the document says must not be exceeded, and of what it says so."""
