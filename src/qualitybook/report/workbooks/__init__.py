"""Workbooks that people fill in: figures to take in, and checklists for reviewers."""
