"""Brings a list of members into the register: first a plan, row by row, then the writing.

    reading (the file) ─► matching (which organisation, which status) ─► plan ─► writing

Nothing is written unless every row is understood. What is gone from the list is reported
and never removed: that somebody left is for a decision to say, not for a missing line.
"""

from directory.importing.plan import Change, Plan, PlannedRow, State, make_plan
from directory.importing.writing import write_plan

__all__ = ["Change", "Plan", "PlannedRow", "State", "make_plan", "write_plan"]
