"""Forms of a reward: what every reward has, then what its kind of fulfilment needs to know, and more of it."""

from __future__ import annotations

from dataclasses import replace

from handlers.access import check_administrator
from handlers.admin_catalogue_saving import (
    counts_stock,
    find_known,
    keep_reward,
    lock_known,
    over_what_they_saw,
    saved_card,
)
from handlers.admin_spans import ENDS, span_fields
from handlers.context import Context
from handlers.fulfilment import kinds
from handlers.handing_on import hand_on
from handlers.picture_address import LONGEST_ADDRESS
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.reward_reading import (
    CATEGORY,
    CODE,
    COUNTRIES,
    DEPARTMENTS,
    DESCRIPTION,
    EMOJI,
    KIND,
    LEAST,
    LIMIT,
    LIMITED,
    LONGEST_CODE,
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    MOST_DAYS,
    MOST_LIMIT,
    MOST_POINTS,
    MOST_STOCK,
    NEVER,
    PICTURE,
    PRICE,
    STOCK,
    TITLE,
    VALUE,
    WITHIN,
    blank,
    read_reward,
)
from handlers.rules.categories import CATEGORIES, category_of
from handlers.rules.money import Money
from handlers.rules.periods import day_in
from handlers.vocabulary import (
    Action,
    Choice,
    ChoiceField,
    Field,
    Form,
    NumberField,
    OpenForm,
    Reply,
    Response,
    Submission,
    TextField,
)
from store.catalogue import Limited, RewardFact

USUAL_PRICE = 40
NEW = "new"
LIMITS = {
    Limited.NEVER: "No limit",
    Limited.EVER: "Ever",
    Limited.MONTH: "In a month",
    Limited.QUARTER: "In a quarter",
    Limited.YEAR: "In a year",
}


# --- the first form ---------------------------------------------------------------------------------------


@action("admin_reward_form", reads=True)
def open_reward(request: Action, ctx: Context) -> Response:
    """Opens the form of one reward, or of a new one."""
    check_administrator(ctx)
    reward_id = request.values.get("reward", "")
    return Response(OpenForm(_form(ctx, find_known(ctx, reward_id) if reward_id else None)))


@submission("admin_reward")
def submit_reward(request: Submission, ctx: Context) -> Response:
    """Adds or changes a reward; asks what its kind of fulfilment needs to know where that is new."""
    check_administrator(ctx)
    told = request.texts
    reward_id = request.context.get("reward", "")
    was = lock_known(ctx, reward_id) if reward_id else None
    if was:
        told = over_what_they_saw(told, was, request.context.get("stock", ""))
    wanted = read_reward(told, was or blank(ctx.new_id()))
    _check_end(ctx, was, wanted)
    kind = wanted.fulfilment
    asks = (was is None or was.fulfilment != kind) and bool(kinds[kind].settings_fields(ctx, {}))
    if not asks:
        wanted = wanted if was is None or was.fulfilment == kind else replace(wanted, settings={})
        return Response(Reply(saved_card(ctx, was, wanted)))
    # A new one waits for its second form out of use; one that there is stays with its old kind until then.
    kept = replace(wanted, fulfilment=was.fulfilment) if was else replace(wanted, active=False)
    keep_reward(ctx, was, kept)
    return Response(OpenForm(settings_form(ctx, kept, kind, begins=was is None)))


def _check_end(ctx: Context, was: RewardFact | None, wanted: RewardFact) -> None:
    """A slip of the year would make one that nobody can order."""
    ends_on = wanted.ends_on if was is None or wanted.ends_on != was.ends_on else None
    if ends_on and ends_on < day_in(ctx.now, ctx.tenant_zone):
        raise Refusal("over_already", "That day is over.", "Name one that comes, or leave it empty.", field=ENDS)


def _form(ctx: Context, reward: RewardFact | None) -> Form:
    stock = "" if reward is None or reward.stock is None else str(reward.stock)
    return Form(
        name="admin_reward",
        form_id=ctx.new_id(),
        opened_by="admin_reward_form",
        title="Change a reward" if reward else "Add a reward",
        submit="Save" if reward else "Go on",
        note="" if reward else "The next step asks how it is handed out, where that needs more.",
        context={"reward": reward.id, "stock": stock} if reward else {},
        fields=(*_looks(reward), *_price(reward), *_number(reward, stock), *_whom(reward), *_way(reward)),
    )


def _looks(reward: RewardFact | None) -> tuple[Field, ...]:
    categories = tuple(Choice(one.name, f"{one.emoji} {one.label}") for one in CATEGORIES)
    return (
        TextField(
            name=TITLE,
            label="Title",
            initial=reward.title if reward else "",
            hint="Such as: Coffee mug.",
            min_length=1,
            max_length=LONGEST_TITLE,
        ),
        ChoiceField(
            name=CATEGORY,
            label="What kind of reward?",
            choices=categories,
            initial=category_of(reward.category).name if reward else "food",
        ),
        TextField(
            name=EMOJI,
            label="Emoji",
            initial=reward.emoji if reward else "",
            hint="Empty: that of its kind.",
            max_length=60,
        ),
        TextField(
            name=DESCRIPTION,
            label="What is it?",
            initial=reward.description if reward else "",
            multiline=True,
            max_length=LONGEST_DESCRIPTION,
        ),
        TextField(
            name=PICTURE,
            label="Address of a picture",
            initial=reward.picture if reward else "",
            hint="It begins with https://. Empty: the emoji is enough.",
            max_length=LONGEST_ADDRESS,
        ),
        TextField(
            name=CODE,
            label="Short name",
            initial=reward.code if reward else "",
            hint="As files name it, such as coffee-mug. Empty: made of the title.",
            max_length=LONGEST_CODE,
        ),
    )


def _price(reward: RewardFact | None) -> tuple[Field, ...]:
    least = reward.least_points if reward and reward.least_points < reward.price else 0
    value = str(Money(reward.value_minor, reward.currency)).replace(",", "") if reward and reward.value_minor else ""
    return (
        NumberField(
            name=PRICE, label="Points", initial=reward.price if reward else USUAL_PRICE, least=1, most=MOST_POINTS
        ),
        TextField(
            name=VALUE,
            label="What is it worth in money?",
            initial=value,
            hint="Such as 12.50 EUR: for taxes and costs. Empty: nobody said.",
            max_length=40,
        ),
        NumberField(
            name=LEAST,
            label="Points at least, with the rest paid in money",
            initial=least,
            least=0,
            most=MOST_POINTS,
            hint="0: it is paid in points only.",
        ),
    )


def _number(reward: RewardFact | None, stock: str) -> tuple[Field, ...]:
    left = TextField(
        name=STOCK,
        label="How many are there?",
        initial=stock,
        hint="Empty: as many as are asked for.",
        max_length=len(str(MOST_STOCK)),
    )
    limited = reward.limited if reward else Limited.NEVER
    return (
        *((left,) if reward is None or not counts_stock(reward) else ()),
        NumberField(
            name=LIMIT,
            label="How many can one person have?",
            initial=reward.limit if reward else 0,
            least=0,
            most=MOST_LIMIT,
            hint="0: no limit.",
        ),
        ChoiceField(
            name=LIMITED,
            label="In which time?",
            choices=tuple(Choice(one.value or NEVER, label) for one, label in LIMITS.items()),
            initial=limited.value or NEVER,
        ),
        *span_fields(reward.starts_on if reward else None, reward.ends_on if reward else None),
    )


def _whom(reward: RewardFact | None) -> tuple[Field, ...]:
    return (
        TextField(
            name=COUNTRIES,
            label="Only in these countries",
            initial=", ".join(reward.countries) if reward else "",
            hint="Two letters each, such as DE, AT. Empty: everywhere.",
            max_length=1000,
        ),
        TextField(
            name=DEPARTMENTS,
            label="Only for these departments",
            initial="\n".join(reward.departments) if reward else "",
            hint="One in each line, as they are called in the list of people. Empty: everybody.",
            multiline=True,
            max_length=2500,
        ),
    )


def _way(reward: RewardFact | None) -> tuple[Field, ...]:
    return (
        ChoiceField(
            name=KIND,
            label="How is it handed out?",
            choices=tuple(Choice(name, one.title) for name, one in kinds.items()),
            initial=reward.fulfilment if reward and reward.fulfilment in kinds else "manual",
        ),
        NumberField(
            name=WITHIN,
            label="Within how many working days?",
            initial=reward.within_days if reward else 5,
            least=0,
            most=MOST_DAYS,
            hint="It is promised to people, and counted.",
        ),
    )


# --- the second form --------------------------------------------------------------------------------------


@action("admin_reward_settings_form", reads=True)
def open_settings(request: Action, ctx: Context) -> Response:
    """Opens the form of how a reward is handed out."""
    check_administrator(ctx)
    reward = find_known(ctx, request.values.get("reward", ""))
    kind = request.values.get("kind", reward.fulfilment)
    begins = not reward.active if kind == reward.fulfilment else request.values.get(NEW) == "yes"
    return Response(OpenForm(settings_form(ctx, reward, _known(kind), begins=begins and not reward.active)))


@submission("admin_reward_settings")
def submit_settings(request: Submission, ctx: Context) -> Response:
    """Keeps how a reward is handed out; a new one is in the catalogue from then on."""
    check_administrator(ctx)
    was = lock_known(ctx, request.context.get("reward", ""))
    kind = _known(request.context.get("kind", ""))
    before = was.settings if was.fulfilment == kind else {}
    settings = kinds[kind].read_settings(request, ctx, before)
    active = was.active or request.context.get(NEW) == "yes"
    wanted = replace(was, fulfilment=kind, settings=settings, active=active)
    return Response(Reply(saved_card(ctx, was, wanted)), hand_on(ctx, was, wanted))


def settings_form(ctx: Context, reward: RewardFact, kind: str, *, begins: bool) -> Form:
    """What a kind needs to know. `begins`: the reward is in the catalogue once it is filled in."""
    settings = reward.settings if reward.fulfilment == kind else {}
    return Form(
        name="admin_reward_settings",
        form_id=ctx.new_id(),
        opened_by="admin_reward_settings_form",
        title="How it is handed out",
        submit="Save",
        note=f"{reward.title}: {kinds[kind].title}."
        + (" It is in the catalogue once you save this." if begins else ""),
        context={"reward": reward.id, "kind": kind} | ({NEW: "yes"} if begins else {}),
        fields=kinds[kind].settings_fields(ctx, settings),
    )


def _known(kind: str) -> str:
    if kind not in kinds:
        raise Refusal("no_kind", "I know no such way to hand it out.", "Open the reward anew.")
    return kind


# --- more of it -------------------------------------------------------------------------------------------


@action("admin_restock_form", reads=True)
def open_restock(request: Action, ctx: Context) -> Response:
    """Opens the form to add to what is left of a reward."""
    check_administrator(ctx)
    reward = find_known(ctx, request.values.get("reward", ""))
    if counts_stock(reward):
        raise Refusal(
            "counted", f"Of {reward.title} there are as many as there are codes.", "Add some: rewards-admin codes."
        )
    form = Form(
        name="admin_restock",
        form_id=ctx.new_id(),
        opened_by="admin_restock_form",
        title="More of a reward",
        submit="Add",
        note=f"{reward.title}: {'not counted' if reward.stock is None else f'{reward.stock:,} left'}. "
        "Whoever asked to be told when it is back hears of it.",
        context={"reward": reward.id},
        fields=(NumberField(name="more", label="How many more?", initial=10, least=1, most=MOST_STOCK),),
    )
    return Response(OpenForm(form))


@submission("admin_restock")
def submit_restock(request: Submission, ctx: Context) -> Response:
    """Adds to what is left of a reward."""
    check_administrator(ctx)
    was = lock_known(ctx, request.context.get("reward", ""))
    if counts_stock(was):
        raise Refusal("counted", "They are counted by their codes.", "Add some: rewards-admin codes.", field="more")
    digits = request.text("more")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 8 and 0 < int(digits) <= MOST_STOCK):
        raise Refusal("unclear_number", "How many more?", f"Write 1 to {MOST_STOCK:,}.", field="more")
    wanted = read_reward({STOCK: str((was.stock or 0) + int(digits))}, was)
    return Response(Reply(saved_card(ctx, was, wanted)))
