"""How it is shown: words, tables, figures."""

INDICATORS = "indicators"
"""Folder of the indicators' pages; each is called after its indicator's key."""
CATALOGUE = "catalogue"
"""Page with the list of all indicators."""
FIGURES = "figures"
"""Folder of the figures, in the folder that is a notebook's working directory."""
