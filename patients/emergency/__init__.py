"""Reading another clinic's record in an emergency: for hours, for one patient, with a review."""
