"""The parts of the patient letter, a module for each subject."""
