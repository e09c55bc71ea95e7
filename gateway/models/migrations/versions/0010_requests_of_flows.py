"""requests of flows."""

import sqlalchemy as sa
from alembic import op

from gateway.models.base import BigId, Json, UtcDateTime

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('queued', 'running')")


def upgrade() -> None:
    op.create_table(
        'requests',
        sa.Column('id', BigId, nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.Column('contact_id', BigId, nullable=False),
        sa.Column('conversation_id', BigId, nullable=False),
        sa.Column('ticket', sa.String(length=40), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('payload', Json, nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('outcome', sa.String(length=200), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('due_at', UtcDateTime(), nullable=False),
        sa.Column('claimed_by', sa.String(length=80), nullable=True),
        sa.Column('answer', Json, nullable=True),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.Column('deadline', UtcDateTime(), nullable=False),
        sa.Column('settled_at', UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_requests_contact_id_contacts')),
        sa.ForeignKeyConstraint(
            ['conversation_id'], ['conversations.id'], name=op.f('fk_requests_conversation_id_conversations')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_requests')),
    )
    op.create_index('ix_requests_due', 'requests', ['due_at', 'id'], postgresql_where=OPEN, sqlite_where=OPEN)
    op.create_index('ix_requests_contact', 'requests', ['contact_id', 'id'])


def downgrade() -> None:
    op.drop_table('requests')
