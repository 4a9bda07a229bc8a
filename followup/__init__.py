"""The pathway: the standing of each patient."""
