"""Who works with whom, as far as the organisation told: managers, their people, and departments."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from store.person_records import list_records, record
from store.prepared import Prepared, in_list

_OF_MANAGERS = Prepared(
    select(record.c.person_id)
    .where(record.c.tenant_id == bindparam("tenant_id"), in_list(record.c.manager_id, "managers"))
    .limit(bindparam("most"))
)
_OF_DEPARTMENT = Prepared(
    select(record.c.person_id)
    .where(record.c.tenant_id == bindparam("tenant_id"), record.c.department == bindparam("department"))
    .limit(bindparam("most"))
)


def list_teammates(tx: Connection, tenant_id: str, person_id: str, most: int) -> set[str]:
    """Somebody's manager, those with the same one, their own people and their department; `most` of each kind."""
    own = list_records(tx, tenant_id, [person_id]).get(person_id)
    manager = own.manager_id if own else None
    managers = [person_id, *([manager] if manager else [])]
    found = set(managers)
    found |= {row[0] for row in _OF_MANAGERS.rows(tx, {"tenant_id": tenant_id, "managers": managers, "most": most})}
    if own and own.department:
        sought = {"tenant_id": tenant_id, "department": own.department, "most": most}
        found |= {row[0] for row in _OF_DEPARTMENT.rows(tx, sought)}
    return found - {person_id}
