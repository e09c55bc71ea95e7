"""days of a language model."""

import sqlalchemy as sa
from alembic import op

from gateway.models.base import UtcDateTime

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'model_days',
        sa.Column('day', sa.String(length=10), nullable=False),
        sa.Column('requests', sa.Integer(), nullable=False),
        sa.Column('tokens', sa.BigInteger(), nullable=False),
        sa.Column('spent_at', UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint('day', name=op.f('pk_model_days')),
    )


def downgrade() -> None:
    op.drop_table('model_days')
