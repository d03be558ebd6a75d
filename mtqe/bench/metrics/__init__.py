"""Metrics against references: one module each, found by importing this folder."""
