"""What people fill in: requests, applications, proofs of who they are, and decisions."""
