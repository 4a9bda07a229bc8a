"""Who the patients are and how the disease is."""
