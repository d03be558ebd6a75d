"""Rules: one file each, found by importing this folder."""
