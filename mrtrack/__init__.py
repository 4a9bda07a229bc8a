"""mrtrack: follow patients with mitral regurgitation."""

__version__ = "0.1.0"
