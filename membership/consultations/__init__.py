"""Consultations of sections: who is asked, what was replied, and how it is counted."""
