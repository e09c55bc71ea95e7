"""conversations written back to the crm."""

import sqlalchemy as sa
from alembic import op

from gateway.models.base import BigId, Json, UtcDateTime

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    op.create_table(
        'crm_writes',
        sa.Column('id', BigId, nullable=False),
        sa.Column('key', sa.String(length=60), nullable=False),
        sa.Column('conversation_id', BigId, nullable=False),
        sa.Column('data', Json, nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('due_at', UtcDateTime(), nullable=False),
        sa.Column('claimed_by', sa.String(length=80), nullable=True),
        sa.Column('error', sa.String(length=300), nullable=False),
        sa.Column('reference', sa.String(length=80), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.Column('settled_at', UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ['conversation_id'], ['conversations.id'], name=op.f('fk_crm_writes_conversation_id_conversations')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_writes')),
        sa.UniqueConstraint('key', name=op.f('uq_crm_writes_key')),
    )
    op.create_index('ix_crm_writes_due', 'crm_writes', ['due_at', 'id'], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index('ix_crm_writes_conversation', 'crm_writes', ['conversation_id', 'id'])


def downgrade() -> None:
    op.drop_table('crm_writes')
