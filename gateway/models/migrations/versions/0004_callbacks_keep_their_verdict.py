"""callbacks keep their verdict, raw requests may be forgotten."""

import sqlalchemy as sa
from alembic import op

from gateway.models.base import Json

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

REQUEST = 'fk_inbound_events_request_id_raw_requests'


def upgrade() -> None:
    op.add_column('held_statuses', sa.Column('verdict', Json, nullable=True))
    with op.batch_alter_table('inbound_events', schema=None) as batch_op:
        batch_op.drop_constraint(REQUEST, type_='foreignkey')


def downgrade() -> None:
    op.execute('UPDATE inbound_events SET request_id = NULL WHERE request_id NOT IN (SELECT id FROM raw_requests)')
    with op.batch_alter_table('inbound_events', schema=None) as batch_op:
        batch_op.create_foreign_key(REQUEST, 'raw_requests', ['request_id'], ['id'])
    with op.batch_alter_table('held_statuses', schema=None) as batch_op:
        batch_op.drop_column('verdict')
