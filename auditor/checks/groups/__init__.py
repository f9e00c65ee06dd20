"""Groups of pieces: "8 groups of 4", degrees of parallelism."""
