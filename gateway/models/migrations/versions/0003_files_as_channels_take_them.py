"""files as channels take them."""

import sqlalchemy as sa
from alembic import op

from gateway.models.base import BigId, UtcDateTime

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

PREPARING = sa.text("prepare_at IS NOT NULL AND state = 'queued'")


def upgrade() -> None:
    op.create_table('variants',
    sa.Column('id', BigId, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('recipe', sa.String(length=60), nullable=False),
    sa.Column('content_type', sa.String(length=100), nullable=False),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('storage_key', sa.String(length=200), nullable=True),
    sa.Column('why', sa.String(length=20), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_variants')),
    sa.UniqueConstraint('sha256', 'recipe', name=op.f('uq_variants_sha256_recipe'))
    )
    op.add_column('media', sa.Column('note', sa.String(length=200), nullable=True))
    op.add_column('deliveries', sa.Column('prepare_at', UtcDateTime(), nullable=True))
    op.create_index('ix_deliveries_preparing', 'deliveries', ['prepare_at'], unique=False, postgresql_where=PREPARING, sqlite_where=PREPARING)


def downgrade() -> None:
    op.drop_index('ix_deliveries_preparing', table_name='deliveries', postgresql_where=PREPARING, sqlite_where=PREPARING)
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.drop_column('prepare_at')

    with op.batch_alter_table('media', schema=None) as batch_op:
        batch_op.drop_column('note')

    op.drop_table('variants')
