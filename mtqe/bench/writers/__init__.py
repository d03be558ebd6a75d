"""Writers of benchmark reports: one module per format, found by importing this folder."""
