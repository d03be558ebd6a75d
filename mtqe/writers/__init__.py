"""Writers: one module per format; the suffix or the option picks it."""
