"""De-identified extracts: reports as researchers may take them. See docs/adr/0016."""
