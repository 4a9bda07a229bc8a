"""What the Makefile calls: plain Python, so that it reads the same on every machine."""
