"""How fast mrtrack is, in one command: ``python -m benchmarks`` (see docs/developers).

Each figure stands beside a baseline measured in the same run on the same machine, because a ratio
can be compared between machines and a bare number cannot.
"""
