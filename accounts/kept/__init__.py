"""What somebody typed and sent when it could not be saved: kept sealed, given back after login.

A form is sent while the session has ended, or with a token from before the last login. Its content
is then sealed (`sealing`) and kept for a day under the person who was given that form in that
browser (`seat`), and shown again in the form itself, which saves nothing by itself (`restoring`).
"""
