"""promises and snoozes."""

import sqlalchemy as sa
from alembic import op

from gateway.models.base import BigId, UtcDateTime

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

RUNS = sa.text('ended_at IS NULL')


def upgrade() -> None:
    op.add_column('conversations', sa.Column('snoozed_until', UtcDateTime(), nullable=True))
    op.create_table(
        'sla_clocks',
        sa.Column('id', BigId, nullable=False),
        sa.Column('conversation_id', BigId, nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('policy', sa.String(length=64), nullable=False),
        sa.Column('queue', sa.String(length=64), nullable=False),
        sa.Column('started_at', UtcDateTime(), nullable=False),
        sa.Column('warn_at', UtcDateTime(), nullable=False),
        sa.Column('due_at', UtcDateTime(), nullable=False),
        sa.Column('paused_at', UtcDateTime(), nullable=True),
        sa.Column('warned_at', UtcDateTime(), nullable=True),
        sa.Column('breached_at', UtcDateTime(), nullable=True),
        sa.Column('met_at', UtcDateTime(), nullable=True),
        sa.Column('ended_at', UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ['conversation_id'], ['conversations.id'], name=op.f('fk_sla_clocks_conversation_id_conversations')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sla_clocks')),
    )
    op.create_index(
        'ix_sla_clocks_running', 'sla_clocks', ['conversation_id', 'kind'], postgresql_where=RUNS, sqlite_where=RUNS
    )
    op.create_index('ix_sla_clocks_policy', 'sla_clocks', ['policy', 'started_at'])


def downgrade() -> None:
    op.drop_table('sla_clocks')
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.drop_column('snoozed_until')
