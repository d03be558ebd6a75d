"""Filters: rules over reports, and the engines that run them over many articles."""
