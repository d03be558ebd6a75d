"""Readers: one module per format; the suffix picks it."""
