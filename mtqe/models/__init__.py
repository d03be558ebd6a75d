"""Models and their weights: load once, batch, window. The only place that imports torch."""
