"""What outlives a crash: backups, kills, faults, many people at once, and an update."""
