"""saved views."""

import sqlalchemy as sa
from alembic import op

from gateway.models.base import BigId, Json, UtcDateTime

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'saved_views',
        sa.Column('id', BigId, nullable=False),
        sa.Column('user_id', BigId, nullable=False),
        sa.Column('name', sa.String(length=40), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('base', sa.String(length=20), nullable=False),
        sa.Column('filters', Json, nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ['user_id'], ['users.id'], name=op.f('fk_saved_views_user_id_users'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_views')),
    )
    with op.batch_alter_table('saved_views', schema=None) as batch_op:
        batch_op.create_index('ix_saved_views_user', ['user_id', 'place'], unique=False)


def downgrade() -> None:
    op.drop_table('saved_views')
