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
        sa.Column("warned_label", sa.String(), nullable=False),
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
        sa.UniqueConstraint("tenant_id", "name", name="uq_budget_name"),
    )
    op.create_index("ix_budget_owner", "budget", ["tenant_id", "owner_id"], unique=False)

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
        sa.Column("why", sa.String(), nullable=False),
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
            "state IN ('asked', 'due', 'given', 'declined', 'lapsed', 'withdrawn')", name="ck_award_state"
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
    op.create_index("ix_award_giver", "award", ["tenant_id", "giver_id", "asked_at"], unique=False)

    op.create_table(
        "budget_period",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("budget_id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_seq", sa.Integer(), nullable=False),
        sa.Column("planned", sa.BigInteger(), nullable=False),
        sa.Column("carried", sa.BigInteger(), nullable=False),
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
    op.add_column("person_record", sa.Column("country", sa.String(), nullable=False, server_default=""))
    op.execute(
        "ALTER TABLE recognition ADD COLUMN kind VARCHAR NOT NULL DEFAULT 'kudos' "
        "CONSTRAINT ck_recognition_kind CHECK (kind IN ('kudos', 'award'))"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE recognition DROP COLUMN kind")
    op.drop_column("person_record", "country")
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
