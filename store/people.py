"""People and their platform accounts. A person has one wallet, however many accounts they have."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKeyConstraint,
    Index,
    Select,
    UniqueConstraint,
    bindparam,
    or_,
    select,
    union_all,
)
from sqlmodel import Field, SQLModel

from store.db import fetch
from store.prepared import Prepared, in_list
from store.tenants import workspace
from store.types import UtcDateTime


class Person(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "email", name="uq_person_tenant_id_email"),
        Index("ix_person_sought_name", "tenant_id", "sought_name"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    sought_name: str
    """The name as it is compared with what people type: see `folded`."""
    email: str | None = None
    """In lower case; joins a person's accounts on several platforms."""
    zone: str = ""
    locale: str = ""
    kind: str = "member"
    """member, guest, stranger (of another organisation) or bot."""
    active: bool = Field(default=True, sa_column=Column(Boolean, nullable=False))
    deactivated_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    """When an administrator deactivated them: from then on no directory activates them."""
    known_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    """When they were added; None for whoever was there before that was kept."""


class Account(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "workspace_id"], ["workspace.tenant_id", "workspace.id"], onupdate="CASCADE"
        ),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "workspace_id", "ref", name="uq_account_ref"),
        UniqueConstraint("tenant_id", "workspace_id", "other_ref", name="uq_account_other_ref"),
        Index("ix_account_person", "tenant_id", "person_id"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    workspace_id: str
    person_id: str
    ref: str
    """Slack: the user id; Teams: the Entra object id where it is known, else the `29:...` id."""
    other_ref: str | None = None
    """Teams: the `29:...` id beside the object id."""
    handle: str = ""
    """In lower case: what people type after an @ when the platform makes no mention of it."""
    chat_ref: str = ""
    """The direct conversation with the app, once it is known."""
    used_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


MEMBER = "member"
_LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class MemberAccount:
    id: str
    workspace_id: str
    platform: str
    workspace_ref: str
    ref: str
    other_ref: str | None
    chat_ref: str
    used_at: datetime | None

    @property
    def used_last(self) -> datetime:
        """When somebody was there last; long ago where nobody knows."""
        return self.used_at or _LONG_AGO


@dataclass(frozen=True, slots=True)
class Member:
    """A person with every account they have."""

    tenant_id: str
    id: str
    name: str
    email: str | None
    zone: str
    locale: str
    kind: str
    active: bool
    accounts: tuple[MemberAccount, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a platform's directory says about somebody."""

    ref: str
    name: str
    other_ref: str | None = None
    email: str | None = None
    handle: str = ""
    zone: str = ""
    locale: str = ""
    kind: str = "member"
    active: bool = True


person = Person.__table__  # type: ignore[attr-defined]
account = Account.__table__  # type: ignore[attr-defined]

_PERSON = (
    person.c.tenant_id,
    person.c.id,
    person.c.name,
    person.c.email,
    person.c.zone,
    person.c.locale,
    person.c.kind,
    person.c.active,
)
_ACCOUNT = (
    account.c.id,
    account.c.workspace_id,
    workspace.c.platform,
    workspace.c.ref,
    account.c.ref,
    account.c.other_ref,
    account.c.chat_ref,
    account.c.used_at,
)
_N = len(_PERSON)
_M = _N + len(_ACCOUNT)
_own_accounts = (account.c.tenant_id == person.c.tenant_id) & (account.c.person_id == person.c.id)
_own_workspace = (workspace.c.tenant_id == account.c.tenant_id) & (workspace.c.id == account.c.workspace_id)
_MEMBERS = select(*_PERSON, *_ACCOUNT).join_from(person, account, _own_accounts).join(workspace, _own_workspace)
_BY_IDS = Prepared(_MEMBERS.where(person.c.tenant_id == bindparam("tenant_id"), in_list(person.c.id, "ids")))
_addressed = person.alias("addressed")
_WITH_EMAIL = select(_addressed.c.id).where(
    _addressed.c.tenant_id == bindparam("tenant_id"), in_list(_addressed.c.email, "emails")
)
_BY_EMAILS = Prepared(_MEMBERS.where(person.c.tenant_id == bindparam("tenant_id"), person.c.id.in_(_WITH_EMAIL)))

_NAMES_BY_EMAILS = Prepared(
    select(person.c.email, person.c.id, person.c.name).where(
        person.c.tenant_id == bindparam("tenant_id"), in_list(person.c.email, "emails")
    )
)


def _named(ref: ColumnElement[Any]) -> Select[Any]:
    """The people whose accounts in a workspace are among `refs`, by one of the two references."""
    return select(account.c.person_id).where(
        account.c.tenant_id == bindparam("tenant_id"),
        account.c.workspace_id == bindparam("workspace_id"),
        in_list(ref, "refs"),
    )


# Two look-ups by an index each; SQLite answers one with OR by walking over everybody.
_BY_REFS = Prepared(
    _MEMBERS.where(
        person.c.tenant_id == bindparam("tenant_id"),
        person.c.id.in_(union_all(_named(account.c.ref), _named(account.c.other_ref))),
    )
)
_HANDLES = Prepared(
    select(account.c.handle).where(
        account.c.tenant_id == bindparam("tenant_id"), in_list(account.c.person_id, "ids"), account.c.handle != ""
    )
)
_FIRST_NAME = _MEMBERS.where(
    person.c.tenant_id == bindparam("tenant_id"),
    or_(
        person.c.sought_name == bindparam("whole"),
        person.c.sought_name.like(bindparam("first"), escape="\\"),
        account.c.handle == bindparam("handle"),
    ),
)


def find_members(tx: Connection, tenant_id: str, workspace_id: str, refs: Iterable[str]) -> dict[str, Member]:
    """The people behind a workspace's own references, by reference; unknown ones are missing."""
    sought = {"tenant_id": tenant_id, "workspace_id": workspace_id, "refs": list(refs)}
    members = _fold(_BY_REFS.rows(tx, sought))
    here = [(one, member) for member in members for one in member.accounts if one.workspace_id == workspace_id]
    return {ref: member for one, member in here for ref in (one.ref, one.other_ref) if ref}


def list_members(tx: Connection, tenant_id: str, ids: Iterable[str]) -> list[Member]:
    """People by our own ids, in no particular order."""
    return _fold(_BY_IDS.rows(tx, {"tenant_id": tenant_id, "ids": list(ids)}))


def find_by_emails(tx: Connection, tenant_id: str, emails: Iterable[str]) -> dict[str, Member]:
    """People by e-mail address in lower case."""
    rows = _BY_EMAILS.rows(tx, {"tenant_id": tenant_id, "emails": list(emails)})
    return {member.email: member for member in _fold(rows) if member.email}


def find_names_by_emails(tx: Connection, tenant_id: str, emails: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Ids and names of people by e-mail address in lower case; without their accounts, for thousands at once."""
    rows = _NAMES_BY_EMAILS.rows(tx, {"tenant_id": tenant_id, "emails": list(emails)})
    return {email: (person_id, name) for email, person_id, name in rows}


def list_by_name(tx: Connection, tenant_id: str, name: str) -> list[Member]:
    """People whom a typed name fits: by whole name if there are any, else by handle or first name."""
    typed = folded(name.lstrip("@ "))
    like = typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    sought = {"tenant_id": tenant_id, "whole": typed, "first": f"{like} %", "handle": typed}
    ids = {row[1] for row in tx.execute(_FIRST_NAME, sought)}
    found = list_members(tx, tenant_id, ids) if ids else []
    exact = [one for one in found if folded(one.name) == typed]
    return exact or found


def list_handles(tx: Connection, tenant_id: str, ids: Iterable[str]) -> list[str]:
    """What people are called on their platforms, such as `bob2`, in small letters."""
    return [row[0] for row in _HANDLES.rows(tx, {"tenant_id": tenant_id, "ids": list(ids)})]


def folded(name: str) -> str:
    """A name without case, accents and double spaces: `Cléo  MARTIN` and `cleo martin` are one.

    Source: Unicode caseless matching (D145) after compatibility decomposition, without combining marks.
    """
    apart = unicodedata.normalize("NFKD", name).casefold()
    return " ".join("".join(mark for mark in apart if not unicodedata.combining(mark)).split())


def _fold(rows: Sequence[tuple[Any, ...]]) -> list[Member]:
    """Rows of person and account to one member a person."""
    accounts: dict[str, list[MemberAccount]] = {}
    for row in rows:
        accounts.setdefault(row[1], []).append(MemberAccount(*row[_N:_M]))
    people = {row[1]: row[:_N] for row in rows}
    return [Member(*(*told, tuple(accounts[one]))) for one, told in people.items()]


# --- kept fresh from the platforms' directories ------------------------------------------------------------


def save_profiles(
    tx: Connection,
    tenant_id: str,
    workspace_id: str,
    profiles: Iterable[Profile],
    ids: Mapping[str, str],
    at: datetime | None = None,
) -> None:
    """Adds or refreshes people as a directory tells them. `ids` gives a new id for each profile's reference.

    `at`, by the programme's clock, is from when on those are known who are new; without it, since ever.

    A member's account that is new joins the member with the same e-mail address, if the tenant has one.
    """
    wanted = [_without_foreign_address(one) for one in profiles]
    known = find_members(tx, tenant_id, workspace_id, _refs_of(wanted))
    owners = _owners_of(tx, tenant_id, wanted)
    for profile in wanted:
        member = known.get(profile.ref) or (known.get(profile.other_ref) if profile.other_ref else None)
        if member is None:
            added = _New(ids[profile.ref], at)
            _add(tx, tenant_id, workspace_id, profile, added, owners)
        else:
            _refresh(tx, member, workspace_id, profile, owners)


def _without_foreign_address(profile: Profile) -> Profile:
    """Another organisation may write any address into its directory; ours would take it for one of our people."""
    return replace(profile, email=None) if profile.kind == "stranger" else profile


def _refs_of(profiles: Iterable[Profile]) -> list[str]:
    return [ref for one in profiles for ref in (one.ref, one.other_ref) if ref]


@dataclass(frozen=True, slots=True)
class _Owner:
    """Who has an e-mail address by now."""

    person_id: str
    is_member: bool


def _owners_of(tx: Connection, tenant_id: str, profiles: Iterable[Profile]) -> dict[str, _Owner]:
    """Who has the e-mail addresses of profiles by now, by address."""
    emails = [one.email.lower() for one in profiles if one.email]
    found = find_by_emails(tx, tenant_id, emails) if emails else {}
    return {email: _Owner(member.id, member.kind == MEMBER) for email, member in found.items()}


@dataclass(frozen=True, slots=True)
class _New:
    id: str
    at: datetime | None


def _add(
    tx: Connection, tenant_id: str, workspace_id: str, profile: Profile, new: _New, owners: dict[str, _Owner]
) -> None:
    """Two members with one address are one person. A guest's address is as good as whoever typed it, so it joins
    nobody, and yields to a member's."""
    email = (profile.email or "").lower()
    held = owners.get(email)
    joins = held is not None and held.is_member and profile.kind == MEMBER
    if held and not joins and profile.kind == MEMBER:
        _free_address(tx, tenant_id, held.person_id)
    elif held and not joins:
        profile, email = replace(profile, email=None), ""
    owner = held.person_id if held and joins else new.id
    if not joins:
        tx.execute(person.insert(), {"tenant_id": tenant_id, "id": new.id, "known_at": new.at} | _of_person(profile))
        owners |= {email: _Owner(new.id, profile.kind == MEMBER)} if email else {}
    tx.execute(
        account.insert(),
        {
            "tenant_id": tenant_id,
            "id": new.id,
            "workspace_id": workspace_id,
            "person_id": owner,
            "ref": profile.ref,
            "other_ref": profile.other_ref,
            "handle": profile.handle.lower(),
            "chat_ref": "",
        },
    )


def _free_address(tx: Connection, tenant_id: str, person_id: str) -> None:
    mine = (person.c.tenant_id == tenant_id) & (person.c.id == person_id)
    tx.execute(person.update().where(mine).values(email=None))


def _refresh(tx: Connection, member: Member, workspace_id: str, profile: Profile, owners: dict[str, _Owner]) -> None:
    mine = (person.c.tenant_id == member.tenant_id) & (person.c.id == member.id)
    # An empty field says that this directory does not know, not that there is nothing.
    told = {name: value for name, value in _of_person(profile).items() if value not in ("", None)}
    if (held := owners.get(str(told.get("email")))) and held.person_id != member.id:
        told.pop("email")
    if profile.active:
        told["active"] = person.c.deactivated_at.is_(None)
    tx.execute(person.update().where(mine).values(**told))
    refs = {profile.ref, profile.other_ref} - {None}
    here = [one for one in member.accounts if one.workspace_id == workspace_id]  # two joined by one address
    own = next(one for one in here if {one.ref, one.other_ref} & refs)
    changes = {"ref": profile.ref, "other_ref": profile.other_ref or own.other_ref}
    if profile.handle:
        changes["handle"] = profile.handle.lower()
    row = (account.c.tenant_id == member.tenant_id) & (account.c.id == own.id)
    tx.execute(account.update().where(row).values(**changes))


def _of_person(profile: Profile) -> dict[str, object]:
    return {
        "name": profile.name,
        "sought_name": folded(profile.name),
        "email": profile.email.lower() if profile.email else None,
        "zone": profile.zone,
        "locale": profile.locale,
        "kind": profile.kind,
        "active": profile.active,
    }


def deactivate(tx: Connection, tenant_id: str, person_id: str, at: datetime) -> bool:
    """An administrator says that somebody takes part no more, whatever the directories say. Whether that is new."""
    mine = (person.c.tenant_id == tenant_id) & (person.c.id == person_id) & person.c.deactivated_at.is_(None)
    return bool(tx.execute(person.update().where(mine).values(active=False, deactivated_at=at)).rowcount)


def activate(tx: Connection, tenant_id: str, person_id: str) -> bool:
    """Takes that back. False where no administrator deactivated them: then a directory did."""
    mine = (person.c.tenant_id == tenant_id) & (person.c.id == person_id) & person.c.deactivated_at.is_not(None)
    return bool(tx.execute(person.update().where(mine).values(active=True, deactivated_at=None)).rowcount)


def list_deactivated(tx: Connection, tenant_id: str, most: int) -> list[Member]:
    """Whom administrators deactivated, the latest first."""
    query = (
        select(person.c.id)
        .where(person.c.tenant_id == tenant_id, person.c.deactivated_at.is_not(None))
        .order_by(person.c.deactivated_at.desc(), person.c.id)
        .limit(most)
    )
    ids = [row[0] for row in fetch(tx, query, {})]
    by_id = {one.id: one for one in list_members(tx, tenant_id, ids)}
    return [by_id[one] for one in ids]


_KEEP_CHAT = Prepared(
    account.update()
    .where(account.c.tenant_id == bindparam("b_tenant_id"), account.c.id == bindparam("b_id"))
    .values(chat_ref=bindparam("b_chat_ref"))
)


def keep_chat(tx: Connection, tenant_id: str, account_id: str, chat_ref: str) -> None:
    """Remembers the direct conversation of an account with the app."""
    _KEEP_CHAT.run(tx, {"b_tenant_id": tenant_id, "b_id": account_id, "b_chat_ref": chat_ref})


_NOTE_USE = (
    account.update()
    .where(account.c.tenant_id == bindparam("b_tenant_id"), account.c.id == bindparam("b_id"))
    .values(used_at=bindparam("b_at", type_=UtcDateTime))
)


def note_use(tx: Connection, tenant_id: str, account_id: str, at: datetime) -> None:
    """Remembers that somebody was on this account's platform."""
    tx.execute(_NOTE_USE, {"b_tenant_id": tenant_id, "b_id": account_id, "b_at": at})


def list_persons(tx: Connection, tenant_id: str) -> list[Member]:
    """Everybody of a tenant, by name; for seeding, the sandbox and small exports."""
    rows = fetch(tx, _MEMBERS.where(person.c.tenant_id == tenant_id), {})
    return sorted(_fold(rows), key=lambda one: one.name)
