"""Sections that pages share or that only some targets have."""
