"""rewards

Revision 4b2bd27a884d, after 4761bf409405.
"""

import sqlalchemy as sa
from alembic import op

from store.types import JsonDict, UtcDateTime

revision = "4b2bd27a884d"
down_revision = "4761bf409405"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approval_rule",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("least", sa.BigInteger(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("giver_id", sa.String(), nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("second", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("least >= 0", name="ck_approval_rule_least"),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_approval_rule_tenant_id"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_approval_rule")),
    )
    op.create_table(
        "reward",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("emoji", sa.String(), nullable=False),
        sa.Column("picture", sa.String(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("least_points", sa.BigInteger(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("countries", sa.String(), nullable=False),
        sa.Column("departments", sa.String(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("limit", sa.Integer(), nullable=False),
        sa.Column("limited", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("fulfilment", sa.String(), nullable=False),
        sa.Column("settings", JsonDict(), nullable=False),
        sa.Column("within_days", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("least_points > 0 AND least_points <= price", name="ck_reward_least_points"),
        sa.CheckConstraint("price > 0", name="ck_reward_price"),
        sa.CheckConstraint("stock IS NULL OR stock >= 0", name="ck_reward_stock"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_reward_tenant_id"), onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reward")),
        sa.UniqueConstraint("tenant_id", "code", name="uq_reward_code"),
    )
    op.create_index("ix_reward_active", "reward", ["tenant_id", "active", "category"], unique=False)

    op.create_table(
        "approval",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("asker_id", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("steps", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("step_at", UtcDateTime(), nullable=False),
        sa.Column("reminded", sa.Boolean(), nullable=False),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'declined', 'lapsed', 'withdrawn')", name="ck_approval_state"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "asker_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_approval_tenant_id_asker_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_approval")),
        sa.UniqueConstraint("tenant_id", "kind", "subject_id", name="uq_approval_subject"),
    )
    op.create_index("ix_approval_waiting", "approval", ["tenant_id", "state", "asked_at"], unique=False)

    op.create_table(
        "budget",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("renewal", sa.String(), nullable=False),
        sa.Column("plan", sa.BigInteger(), nullable=False),
        sa.Column("carries_over", sa.Boolean(), nullable=False),
        sa.Column("worth", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("open_label", sa.String(), nullable=False),
        sa.Column("open_until", sa.Date(), nullable=True),
        sa.Column("missed_id", sa.String(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(worth = 0) = (currency = '')", name="ck_budget_worth"),
        sa.CheckConstraint("renewal IN ('never', 'month', 'quarter', 'year')", name="ck_budget_renewal"),
        sa.CheckConstraint("plan >= 0", name="ck_budget_plan"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_budget_tenant_id_owner_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["budget.tenant_id", "budget.id"],
            name=op.f("fk_budget_tenant_id_parent_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_budget")),
    )
    op.create_index(
        "uq_budget_name",
        "budget",
        ["tenant_id", "name"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_budget_owner", "budget", ["tenant_id", "owner_id"], unique=False)
    op.create_index("ix_budget_due", "budget", ["tenant_id", "open_until"], unique=False)

    op.create_table(
        "delegation",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("delegate_id", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "delegate_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_delegation_tenant_id_delegate_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_delegation_tenant_id_person_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", name=op.f("pk_delegation")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_delegation_delegate", "delegation", ["tenant_id", "delegate_id", "last_on", "first_on"], unique=False
    )

    op.create_table(
        "redemption",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("reward_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("own_minor", sa.BigInteger(), nullable=False),
        sa.Column("own_paid_at", UtcDateTime(), nullable=True),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("fulfilment", sa.String(), nullable=False),
        sa.Column("answers", JsonDict(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("hold_id", sa.String(), nullable=False),
        sa.Column("stocked", sa.Integer(), nullable=False),
        sa.Column("ordered_at", UtcDateTime(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("vendor_ref", sa.String(), nullable=False),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        sa.Column("told_late", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'ordered', 'started', 'fulfilled', 'declined', 'cancelled', 'failed', 'lapsed')",
            name="ck_redemption_state",
        ),
        sa.CheckConstraint("own_minor >= 0", name="ck_redemption_own_minor"),
        sa.CheckConstraint("points > 0", name="ck_redemption_points"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_redemption_tenant_id_person_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reward_id"],
            ["reward.tenant_id", "reward.id"],
            name=op.f("fk_redemption_tenant_id_reward_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_redemption")),
    )
    op.create_index(
        "ix_redemption_person", "redemption", ["tenant_id", "person_id", "reward_id", "ordered_at"], unique=False
    )
    op.create_index("ix_redemption_state", "redemption", ["tenant_id", "state", "promised_on"], unique=False)

    op.create_table(
        "wish",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("reward_id", sa.String(), nullable=False),
        sa.Column("tell", sa.Boolean(), nullable=False),
        sa.Column("wished_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_wish_tenant_id_person_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reward_id"],
            ["reward.tenant_id", "reward.id"],
            name=op.f("fk_wish_tenant_id_reward_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", "reward_id", name=op.f("pk_wish")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_wish_reward", "wish", ["tenant_id", "reward_id", "tell"], unique=False)

    op.create_table(
        "approval_decision",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("approval_id", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "approval_id"],
            ["approval.tenant_id", "approval.id"],
            name=op.f("fk_approval_decision_tenant_id_approval_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_approval_decision_tenant_id_person_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "approval_id", "step", name=op.f("pk_approval_decision")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "approver",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("approval_id", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "approval_id"],
            ["approval.tenant_id", "approval.id"],
            name=op.f("fk_approver_tenant_id_approval_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_approver_tenant_id_person_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "approval_id", "step", "person_id", name=op.f("pk_approver")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_approver_person", "approver", ["tenant_id", "person_id", "approval_id"], unique=False)

    op.create_table(
        "award",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("giver_id", sa.String(), nullable=False),
        sa.Column("budget_id", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("badge_id", sa.String(), nullable=True),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("place_id", sa.String(), nullable=False),
        sa.Column("copied", sa.String(), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("hold_id", sa.String(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'due', 'given', 'declined', 'lapsed', 'withdrawn', 'void')", name="ck_award_state"
        ),
        sa.CheckConstraint("points >= 0", name="ck_award_points"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "budget_id"],
            ["budget.tenant_id", "budget.id"],
            name=op.f("fk_award_tenant_id_budget_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "giver_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_award_tenant_id_giver_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_award")),
    )
    op.create_index("ix_award_due", "award", ["tenant_id", "state", "arrives_on"], unique=False)
    op.create_index("ix_award_giver", "award", ["tenant_id", "giver_id", "id"], unique=False)

    op.create_table(
        "budget_period",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("budget_id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_seq", sa.Integer(), nullable=False),
        sa.Column("planned", sa.BigInteger(), nullable=False),
        sa.Column("came", sa.BigInteger(), nullable=False),
        sa.Column("carried", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("warned", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "budget_id"],
            ["budget.tenant_id", "budget.id"],
            name=op.f("fk_budget_period_tenant_id_budget_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "budget_id", "label", name=op.f("pk_budget_period")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "redemption_step",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("redemption_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "redemption_id"],
            ["redemption.tenant_id", "redemption.id"],
            name=op.f("fk_redemption_step_tenant_id_redemption_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "redemption_id", "id", name=op.f("pk_redemption_step")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "award_receiver",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("award_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "award_id"],
            ["award.tenant_id", "award.id"],
            name=op.f("fk_award_receiver_tenant_id_award_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_award_receiver_tenant_id_person_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "award_id", "person_id", name=op.f("pk_award_receiver")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "code_key",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_code_key_tenant_id"), onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_code_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "code_pool",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("reward_id", sa.String(), nullable=False),
        sa.Column("told_low", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reward_id"],
            ["reward.tenant_id", "reward.id"],
            name=op.f("fk_code_pool_tenant_id_reward_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "reward_id", name=op.f("pk_code_pool")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "gift_code",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("reward_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reward_id"],
            ["reward.tenant_id", "reward.id"],
            name=op.f("fk_gift_code_tenant_id_reward_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gift_code")),
        sa.UniqueConstraint("tenant_id", "digest", name="uq_gift_code_digest"),
        sa.UniqueConstraint("tenant_id", "order_id", name="uq_gift_code_order"),
    )
    op.create_index("ix_gift_code_free", "gift_code", ["tenant_id", "reward_id", "order_id", "id"], unique=False)

    op.create_table(
        "order_secret",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["redemption.tenant_id", "redemption.id"],
            name=op.f("fk_order_secret_tenant_id_order_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "order_id", name=op.f("pk_order_secret")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "badge_gift",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("giver_id", sa.String(), nullable=False),
        sa.Column("badge_id", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("receiver_id", sa.String(), nullable=False),
        sa.Column("recognition_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recognition_id"],
            ["recognition.tenant_id", "recognition.id"],
            name=op.f("fk_badge_gift_tenant_id_recognition_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "giver_id", "badge_id", "month", "receiver_id", name=op.f("pk_badge_gift")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_badge_gift_recognition", "badge_gift", ["tenant_id", "recognition_id"], unique=False)
    op.create_table(
        "expiry_notice",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("first_points", sa.BigInteger(), nullable=False),
        sa.Column("second_on", sa.Date(), nullable=True),
        sa.Column("second_points", sa.BigInteger(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_expiry_notice_tenant_id_person_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", "due_on", name=op.f("pk_expiry_notice")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "leaver",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_leaver_tenant_id_person_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "person_id", name=op.f("pk_leaver")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "calendar_link",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["redemption.tenant_id", "redemption.id"],
            name=op.f("fk_calendar_link_tenant_id_order_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "order_id", name=op.f("pk_calendar_link")),
        sa.UniqueConstraint("token_hash", name="uq_calendar_link_token_hash"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "charity_gift",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("reward_id", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["redemption.tenant_id", "redemption.id"],
            name=op.f("fk_charity_gift_tenant_id_order_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reward_id"],
            ["reward.tenant_id", "reward.id"],
            name=op.f("fk_charity_gift_tenant_id_reward_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "order_id", name=op.f("pk_charity_gift")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_charity_gift_month", "charity_gift", ["tenant_id", "month", "reward_id", "currency"], unique=False
    )

    op.create_table(
        "charity_month",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenant.id"],
            name=op.f("fk_charity_month_tenant_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "month", name=op.f("pk_charity_month")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "experience_session",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("reward_id", sa.String(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint("capacity > 0", name="ck_experience_session_capacity"),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name="ck_experience_session_taken"),
        sa.CheckConstraint("ends_at > starts_at", name="ck_experience_session_ends_at"),
        sa.CheckConstraint("state IN ('open', 'cancelled', 'over')", name="ck_experience_session_state"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reward_id"],
            ["reward.tenant_id", "reward.id"],
            name=op.f("fk_experience_session_tenant_id_reward_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_experience_session")),
    )
    op.create_index(
        "ix_experience_session_reward", "experience_session", ["tenant_id", "reward_id", "starts_at"], unique=False
    )
    op.create_index(
        "ix_experience_session_state", "experience_session", ["tenant_id", "state", "ends_at"], unique=False
    )

    op.create_table(
        "experience_place",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["experience_session.tenant_id", "experience_session.id"],
            name=op.f("fk_experience_place_tenant_id_session_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "order_id", name=op.f("pk_experience_place")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_experience_place_session", "experience_place", ["tenant_id", "session_id", "order_id"], unique=False
    )

    op.create_table(
        "experience_line",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("offer_from", UtcDateTime(), nullable=True),
        sa.Column("offer_until", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'taken', 'lapsed', 'left', 'ended')", name="ck_experience_line_state"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_experience_line_tenant_id_person_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "session_id"],
            ["experience_session.tenant_id", "experience_session.id"],
            name=op.f("fk_experience_line_tenant_id_session_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_experience_line")),
    )
    op.create_index(
        "ix_experience_line_session", "experience_line", ["tenant_id", "session_id", "state", "id"], unique=False
    )
    op.create_index(
        "ix_experience_line_person", "experience_line", ["tenant_id", "person_id", "session_id"], unique=False
    )

    op.create_table(
        "pool",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("starter_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reward_id", sa.String(), nullable=True),
        sa.Column("helper_id", sa.String(), nullable=False),
        sa.Column("goal", sa.BigInteger(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("place_id", sa.String(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.CheckConstraint("goal > 0", name="ck_pool_goal"),
        sa.CheckConstraint("state IN ('open', 'reached', 'done', 'missed', 'cancelled', 'gone')", name="ck_pool_state"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "starter_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_pool_tenant_id_starter_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reward_id"],
            ["reward.tenant_id", "reward.id"],
            name=op.f("fk_pool_tenant_id_reward_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_pool")),
    )
    op.create_index("ix_pool_state", "pool", ["tenant_id", "state", "ends_on"], unique=False)
    op.create_table(
        "pool_invited",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pool_id"],
            ["pool.tenant_id", "pool.id"],
            name=op.f("fk_pool_invited_tenant_id_pool_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_pool_invited_tenant_id_person_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "pool_id", "person_id", name=op.f("pk_pool_invited")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_pool_invited_person", "pool_invited", ["tenant_id", "person_id"], unique=False)
    op.create_table(
        "pool_part",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("hold_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("points > 0", name="ck_pool_part_points"),
        sa.CheckConstraint("state IN ('held', 'back', 'spent')", name="ck_pool_part_state"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pool_id"],
            ["pool.tenant_id", "pool.id"],
            name=op.f("fk_pool_part_tenant_id_pool_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_pool_part_tenant_id_person_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_pool_part")),
    )
    op.create_index("ix_pool_part_pool", "pool_part", ["tenant_id", "pool_id", "state"], unique=False)
    op.create_index("ix_pool_part_person", "pool_part", ["tenant_id", "person_id", "state"], unique=False)
    op.add_column("people_import", sa.Column("kind", sa.String(), nullable=False, server_default="people"))
    op.create_table(
        "benefit",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("kinds", JsonDict(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount > 0", name="ck_benefit_amount"),
        sa.CheckConstraint("segment IN ('all', 'department', 'country')", name="ck_benefit_segment"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_benefit_tenant_id"), onupdate="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_benefit")),
    )
    op.create_index("ix_benefit_ends", "benefit", ["tenant_id", "ends_on"], unique=False)
    op.create_table(
        "benefit_share",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("benefit_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.CheckConstraint("percent > 0 AND percent <= 100", name="ck_benefit_share_percent"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "benefit_id"],
            ["benefit.tenant_id", "benefit.id"],
            name=op.f("fk_benefit_share_tenant_id_benefit_id"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_benefit_share_tenant_id_person_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "benefit_id", "person_id", "kind", name=op.f("pk_benefit_share")),
        sqlite_with_rowid=False,
    )
    op.add_column("badge", sa.Column("picture", sa.String(), nullable=False, server_default=""))
    op.add_column("person_record", sa.Column("country", sa.String(), nullable=False, server_default=""))
    op.execute(
        "ALTER TABLE recognition ADD COLUMN kind VARCHAR NOT NULL DEFAULT 'kudos' "
        "CONSTRAINT ck_recognition_kind CHECK (kind IN ('kudos', 'award'))"
    )
    op.create_table(
        "vendor_link",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("reward_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reward_id"],
            ["reward.tenant_id", "reward.id"],
            name=op.f("fk_vendor_link_tenant_id_reward_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "reward_id", name=op.f("pk_vendor_link")),
        sa.UniqueConstraint("token_hash", name="uq_vendor_link_token_hash"),
    )
    op.create_table(
        "vendor_call",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("free_at", sa.BigInteger(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("told_silent", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'answered', 'given_up', 'withdrawn')", name="ck_vendor_call_state"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["redemption.tenant_id", "redemption.id"],
            name=op.f("fk_vendor_call_tenant_id_order_id"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "order_id", name=op.f("pk_vendor_call")),
    )
    op.create_index("ix_vendor_call_due", "vendor_call", ["state", "free_at"], unique=False)
    op.create_index("ix_vendor_call_state", "vendor_call", ["tenant_id", "state", "order_id"], unique=False)


def downgrade() -> None:
    op.drop_table("vendor_call")
    op.drop_table("vendor_link")
    op.execute("ALTER TABLE recognition DROP COLUMN kind")
    op.drop_column("person_record", "country")
    op.drop_column("badge", "picture")
    op.drop_column("people_import", "kind")
    op.drop_table("benefit_share")
    op.drop_table("benefit")
    op.drop_table("pool_part")
    op.drop_table("pool_invited")
    op.drop_table("pool")
    op.drop_table("experience_line")
    op.drop_table("experience_place")
    op.drop_table("experience_session")
    op.drop_table("charity_month")
    op.drop_table("charity_gift")
    op.drop_table("calendar_link")
    op.drop_table("leaver")
    op.drop_table("expiry_notice")
    op.drop_table("badge_gift")
    op.drop_table("order_secret")
    op.drop_table("gift_code")
    op.drop_table("code_pool")
    op.drop_table("code_key")
    op.drop_table("award_receiver")
    op.drop_table("redemption_step")
    op.drop_table("budget_period")
    op.drop_table("award")
    op.drop_table("approver")
    op.drop_table("approval_decision")
    op.drop_table("wish")
    op.drop_table("redemption")
    op.drop_table("delegation")
    op.drop_table("budget")
    op.drop_table("approval")
    op.drop_table("reward")
    op.drop_table("approval_rule")
