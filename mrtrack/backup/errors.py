"""What goes wrong with backups, in words for the person who runs mrtrack."""


class BackupError(Exception):
    """A backup, a restore or a comparison that cannot be done; the message says why."""
