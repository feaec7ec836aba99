"""Taking in figures from a workbook or a CSV file: reading, checking, and adding to the evidence.

Everything that is refused names its sheet and its cell, what was found, what is allowed and what to do.
"""

from qualitybook.evidence.intake.cells import Fault, IntakeError
from qualitybook.evidence.intake.merge import Change, Intake, Wanted, prepare, wanted
from qualitybook.evidence.intake.sheets import Entry, read_entries

__all__ = ["Change", "Entry", "Fault", "Intake", "IntakeError", "Wanted", "prepare", "read_entries", "wanted"]
