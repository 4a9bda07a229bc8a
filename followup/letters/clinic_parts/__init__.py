"""The parts of the clinic letter, a module for each subject."""
