"""The same report by django-import-export, which many would take: what ours is held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from import_export import fields, resources

from reports.csv import Column
from reports.report import FromQueries, Report
from reports.scope import Scope


def rival_csv(report: Report, scope: Scope) -> str:
    """The rows of a report as that library writes them: the same columns and texts of cells.

    The rows are read by the report's own query, with the patient in the same query, so that both
    ask the database for the same.
    """
    assert isinstance(report.source, FromQueries)
    made = _resource_of(report.columns)
    [query] = report.source.queries
    return str(made().export(query(scope).select_related("patient")).csv)


def _resource_of(columns: Sequence[Column]) -> type[resources.ModelResource]:
    """A resource with one field for each column, written as the column is written."""
    taken: dict[str, Any] = {
        column.name: fields.Field(column_name=column.name, attribute=column.source, readonly=True)
        for column in columns
    }
    taken |= {f"dehydrate_{column.name}": _cell_of(column) for column in columns}
    order = [column.name for column in columns]
    taken["Meta"] = type("Meta", (), {"fields": order, "export_order": order, "chunk_size": 2000})
    return type("Rival", (resources.ModelResource,), taken)


def _cell_of(column: Column) -> Callable[[Any, Any], str]:
    write, path = column.writer(), column.source.split("__")

    def dehydrate(_resource: Any, row: Any) -> str:
        for name in path:
            row = getattr(row, name)
        return write(row)

    return dehydrate
