"""Set-up of the programme: recognition channel, time zone, what is posted, and the limits of giving."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers.access import check_administrator
from handlers.admin_change import CHANNEL, ZONE, Change, apply_change
from handlers.admin_channels import find_channel, find_typed_channel
from handlers.admin_settings import BY_WORD, LIMITS, POSTS, Setting, field_for, read_setting
from handlers.admin_words import Said, admin_word
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.policy_bounds import beyond_bounds, problems_of
from handlers.rules.zones import find_zone, is_abbreviation, is_offset, nearest_zones
from handlers.vocabulary import (
    Action,
    Choice,
    ConversationField,
    Form,
    FormErrors,
    OpenForm,
    PlaceKind,
    Response,
    Submission,
    TextField,
)
from store.conversations import list_channels

_WRITE_A_CITY = "Write a city of your zone, like Europe/Berlin."

# --- the forms --------------------------------------------------------------------------------------------


@action("admin_setup_form", reads=True)
def open_setup(request: Action, ctx: Context) -> Response:
    """Opens the form for channel, zone and posts."""
    check_administrator(ctx)
    return _setup_form(ctx)


@action("admin_limits_form", reads=True)
def open_limits(request: Action, ctx: Context) -> Response:
    """Opens the form for points and limits."""
    check_administrator(ctx)
    return _limits_form(ctx)


@submission("admin_setup")
def submit_setup(request: Submission, ctx: Context) -> Response:
    """Takes over channel, zone and posts."""
    check_administrator(ctx)
    policy, errors = _policy_in(request, POSTS)
    picked, typed = request.text(CHANNEL), request.text(ZONE)
    place, zone = None, None
    try:
        place = find_channel(request, ctx, picked) if picked else None
    except Refusal as refusal:
        errors[CHANNEL] = f"{refusal.sentence} {refusal.next_step}"
    try:
        zone = _zone(typed) if typed.strip() else None
    except Refusal as refusal:
        errors[ZONE] = f"{refusal.sentence} {refusal.next_step}"
    if errors:
        return Response(FormErrors(errors))
    return apply_change(ctx, Change(policy=policy, place=place, zone=zone))


@submission("admin_limits")
def submit_limits(request: Submission, ctx: Context) -> Response:
    """Takes over points and limits."""
    check_administrator(ctx)
    policy, errors = _policy_in(request, LIMITS)
    wanted = replace(ctx.policy, **policy)
    # What cannot be read is not there to be compared with the rest, yet all that is wrong by itself is told at once.
    if errors := errors | beyond_bounds(wanted) if errors else problems_of(wanted):
        return Response(FormErrors(errors))
    return apply_change(ctx, Change(policy=policy))


def _setup_form(ctx: Context) -> Response:
    now = ctx.programme.recognition_places.get(ctx.home.workspace_id)
    channels = list_channels(ctx.tx, ctx.tenant_id, ctx.home.workspace_id)
    choices = tuple(Choice(one.ref, one.name or "a channel") for one in channels if one.member and not one.archived)
    form = Form(
        name="admin_setup",
        form_id=ctx.new_id(),
        opened_by="admin_setup_form",
        title="Set-up",
        submit="Save",
        note="What is here holds for everybody, from now on.",
        fields=(
            ConversationField(
                name=CHANNEL,
                label="Recognition channel",
                choices=choices,
                initial=now.ref if now and now.kind == PlaceKind.CHANNEL else "",
                hint=f"In {ctx.home.workspace_name}: for thanks that cannot be shown where they were said, and posts.",
            ),
            TextField(
                name=ZONE,
                label="Time zone",
                initial=ctx.home.zone,
                hint="Like Europe/Berlin. Days and posts go by it; a person's allowance goes by their own.",
                min_length=1,
                max_length=60,
            ),
            *(field_for(one, ctx.policy) for one in POSTS),
        ),
    )
    return Response(OpenForm(form))


def _limits_form(ctx: Context) -> Response:
    form = Form(
        name="admin_limits",
        form_id=ctx.new_id(),
        opened_by="admin_limits_form",
        title="Points and limits",
        submit="Save",
        note="Points that people have are never taken by a change of these.",
        fields=tuple(field_for(one, ctx.policy) for one in LIMITS),
    )
    return Response(OpenForm(form))


def _policy_in(request: Submission, settings: tuple[Setting, ...]) -> tuple[dict[str, Any], dict[str, str]]:
    """What the form says of these settings, and what is wrong at which field. What it does not hold stays."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for one in settings:
        if one.field in request.values:
            try:
                values[one.field] = read_setting(one, request.text(one.field))
            except Refusal as refusal:
                errors[one.field] = f"{refusal.sentence} {refusal.next_step}"
    return values, errors


# --- the words --------------------------------------------------------------------------------------------


@admin_word("setup", usage="allowance 60, or zone Europe/Berlin, or channel #kudos")
def setup(said: Said, ctx: Context) -> Response:
    """Channel, time zone and posts; alone it opens the form."""
    word, _, value = said.text.partition(" ")
    match word.lower().removesuffix(":").replace("_", "-"):
        case "":
            return _setup_form(ctx)
        case "channel" if not value.strip():
            raise Refusal("which_channel", "Which one?", "Write setup channel #kudos, or setup channel here in it.")
        case "channel":
            return apply_change(ctx, Change(policy={}, place=find_typed_channel(said, ctx)))
        case "zone" if not value.strip():
            raise Refusal("which_zone", "Which one?", "Write setup zone Europe/Berlin.")
        case "zone":
            return apply_change(ctx, Change(policy={}, zone=_zone(value)))
        case known if known in BY_WORD:
            setting = BY_WORD[known]
            return apply_change(ctx, Change(policy={setting.field: read_setting(setting, value)}))
        case unknown:
            raise Refusal(
                "unknown_setting",
                f"There is no setting “{unknown[:40]}”.",
                f"There are channel, zone, {', '.join(BY_WORD)}. For example: setup allowance 60.",
            )


@admin_word("limits", reads=True)
def limits(said: Said, ctx: Context) -> Response:
    """Points and limits, as a form."""
    return _limits_form(ctx)


def _zone(typed: str) -> str:
    if zone := find_zone(typed):
        return zone
    if is_offset(typed):
        raise Refusal("zone_is_offset", "An offset forgets summer time.", _WRITE_A_CITY, field=ZONE)
    if is_abbreviation(typed):
        raise Refusal("zone_is_no_place", f"{typed.strip()} names no place.", _WRITE_A_CITY, field=ZONE)
    near = nearest_zones(typed)
    raise Refusal(
        "unknown_zone",
        f"I do not know the time zone “{typed.strip()[:60]}”.",
        f"Did you mean {' or '.join(near)}?" if near else "Write a name like Europe/Berlin or America/New_York.",
        field=ZONE,
    )
