"""The demonstration: real federations, one invented, and pages that show logins and letters."""
