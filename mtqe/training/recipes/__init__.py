"""Recipes: one file for each kind of weights, found by importing this folder."""
