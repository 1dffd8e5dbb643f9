from __future__ import annotations

from datetime import UTC, datetime

import pytest

from store.db import Database
from store.people import Profile, find_members, list_by_name, save_profiles
from store.tenants import Workspace, add_tenant, add_workspace

AT = datetime(2026, 11, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Cléo Martin", ["Cléo Martin"]),
        ("CLÉO MARTIN", ["Cléo Martin"]),
        ("cleo martin", ["Cléo Martin"]),
        ("@cleo", ["Cléo Martin"]),
        ("bob", ["Bob"]),
        ("bobby.t", ["Bob Tanaka"]),
        ("STRASSE", ["Straße"]),
        ("100%", []),
        ("b_b", []),
    ],
)
def test_a_typed_name_is_found_whatever_its_case_and_accents(database: Database, typed: str, found: list[str]) -> None:
    with database.writing() as tx:
        add_tenant(tx, "t", "Acme", "UTC", AT)
        add_workspace(tx, Workspace(tenant_id="t", id="w", platform="slack", ref="T1", name="acme", bot_ref="B"))
        people = [
            Profile(ref="U1", name="Cléo Martin"),
            Profile(ref="U2", name="Bob"),
            Profile(ref="U3", name="Bob Tanaka", handle="bobby.t"),
            Profile(ref="U4", name="Straße"),
        ]
        save_profiles(tx, "t", "w", people, {one.ref: one.ref for one in people})
        assert [one.name for one in list_by_name(tx, "t", typed)] == found


@pytest.mark.parametrize("stranger_first", [True, False])
@pytest.mark.parametrize("kind", ["stranger", "guest"])
def test_an_address_that_no_member_has_joins_nobody(database: Database, *, kind: str, stranger_first: bool) -> None:
    """It is whatever that organisation or that guest says, so it must not open somebody's wallet, nor shut it."""
    cleo = Profile(ref="U1", name="Cléo Martin", email="cleo@acme.test")
    stranger = Profile(ref="U2", name="Not Cléo", email="Cleo@acme.test", kind=kind)
    news = [stranger, cleo] if stranger_first else [cleo, stranger]
    with database.writing() as tx:
        add_tenant(tx, "t", "Acme", "UTC", AT)
        add_workspace(tx, Workspace(tenant_id="t", id="w", platform="slack", ref="T1", name="acme", bot_ref="B"))
        for one in (*news, *news):
            save_profiles(tx, "t", "w", [one], {one.ref: one.ref})
        found = find_members(tx, "t", "w", ["U1", "U2"])
    assert {ref: (one.id, one.kind, one.email) for ref, one in found.items()} == {
        "U1": ("U1", "member", "cleo@acme.test"),
        "U2": ("U2", kind, None),
    }
