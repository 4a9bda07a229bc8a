"""What the reports floor adds to the administration."""

from django.contrib import admin

from reports.admin_actions import NAME, export_selected

# Registered once and offered only where a list names it: lists of users or of the audit have no
# use for it.
admin.site.add_action(export_selected, NAME)
admin.site.disable_action(NAME)
