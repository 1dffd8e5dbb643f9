"""What an order brought that only its owner reads: sealed at rest, opened when they ask, in no card that is kept."""

from __future__ import annotations

from handlers.context import Context, TenantContext
from handlers.orders import find_mine
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.vocabulary import Action, Card, Reply, Response
from store.codes import find_secret, keep_secret
from store.redemptions import OrderState
from store.sealing import NotOpened

NO_KEYS = "Whoever runs the program sets PLAUDIT_SECRET_KEYS first; the guide for administrators says how."


@action("order_secret", reads=True)
def show_secret(request: Action, ctx: Context) -> Response:
    """Shows the code of an order to whoever ordered it."""
    mine = find_mine(ctx, request.values.get("id", ""))
    sealed = find_secret(ctx.tx, ctx.tenant_id, mine.id)
    if sealed is None or mine.state is not OrderState.FULFILLED:
        raise Refusal("no_secret", f"There is no code with {mine.title}.", "Its card says where it stands.")
    try:
        secret = ctx.sealer.open(sealed)
    except NotOpened as error:
        raise Refusal(
            "not_opened",
            "Your code is kept, and I cannot open it now.",
            "Ask whoever runs Plaudit here: the key that it was sealed with is missing.",
        ) from error
    card = Card("order_secret", {"id": mine.id, "title": mine.title, "code": secret})
    return Response(Reply(card, secret=True))


def seal_secret(ctx: TenantContext, order_id: str, secret: str) -> None:
    """Keeps a code or a link of an order, before it is finished. The first one stays. Raises `NoKeys`."""
    keep_secret(ctx.tx, ctx.tenant_id, order_id, ctx.sealer.seal(secret), ctx.now)
