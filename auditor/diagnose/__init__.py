"""Which number is wrong, and how the text is put right."""
