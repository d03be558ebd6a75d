"""Command line: one module per command; no behaviour of its own."""
