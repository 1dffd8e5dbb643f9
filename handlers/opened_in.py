"""A form knows no conversation, so the one it was opened in travels in its context, through the client and back."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.vocabulary import ConversationRef, PlaceKind, WorkspaceRef
from store.conversations import Place


def note_place(place: Place | None) -> dict[str, str]:
    """What the context of a form keeps of where it is opened."""
    return {"where_id": place.ref, "where_kind": place.kind, "where_name": place.name} if place else {}


def noted_place(context: Mapping[str, str], workspace: WorkspaceRef) -> ConversationRef | None:
    """Where a form was opened, as it says itself; None where it says nothing that can be read."""
    ref, kind = context.get("where_id", ""), context.get("where_kind", "")
    if not ref or kind not in list(PlaceKind):
        return None
    return ConversationRef(workspace, ref, PlaceKind(kind), context.get("where_name", ""))
