"""What is: organisations, what they are to their federations over time, and all public pages."""
