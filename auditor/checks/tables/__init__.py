"""Tables: their columns, rows and remarks."""
