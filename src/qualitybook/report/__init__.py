"""How it is shown: words, tables, figures."""

INDICATORS = "indicators"
"""Folder of the indicators' pages; each is called after its indicator's key."""


def goal_page(number: int, target_id: str) -> str:
    """Return the name of a goal's page."""
    return f"targets/{int(number):02d}-{target_id}"


CATALOGUE = "catalogue"
"""Page with the list of all indicators."""
LIST = "catalogue"
"""Class of the box around that list; a script of the website adds its filters."""
LINES = "lines"
"""Class of the table with a line for each measurable goal, which the first page is for."""
FIGURES = "figures"
"""Folder of the figures, in the folder that is a notebook's working directory."""
