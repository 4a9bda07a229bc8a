"""Who changed, looked at, exported what: append-only, ids and text only, no foreign keys."""
