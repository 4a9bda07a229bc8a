"""A copy of everything an installation knows in one file, the way back, and the comparison."""
