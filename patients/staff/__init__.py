"""Parts of the administration of patients and their records."""
