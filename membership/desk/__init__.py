"""The coordinators at their desk: what waits, who has taken it on, which meeting it goes to."""
