"""Reproducible annual quality-status books: every target judged, every figure traced to its source."""

__version__ = "0.1.0"
