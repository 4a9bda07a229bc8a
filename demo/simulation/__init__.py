"""A simulator of mitral regurgitation over the years, with known truth, in plain Python.

``life.py`` says what one simulated life is; ``simulating.py`` makes one: ``simulate(seed, index,
today)``. ``figures.py`` holds the simulated cohort against the published figures.
"""
