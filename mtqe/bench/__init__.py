"""Benchmarks: translation systems compared, and metrics judged by people's scores."""
