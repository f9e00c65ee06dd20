"""What one sentence says of numbers: shares, changes, comparisons, order."""
