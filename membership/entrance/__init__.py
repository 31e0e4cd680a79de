"""Before anything is let in: codes by mail, proof of work, limits, and what a browser has shown."""
