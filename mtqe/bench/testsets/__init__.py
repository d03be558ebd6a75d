"""Readers of test sets: one module per format, found by importing this folder."""
