"""Readers of human judgements: one file for each format."""
