"""What was done and what should be done: interventions, medication, team reviews, timing."""
