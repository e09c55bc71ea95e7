"""who a contact is in the crm."""

import sqlalchemy as sa
from alembic import op

from gateway.models.base import BigId, UtcDateTime

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'crm_links',
        sa.Column('contact_id', BigId, nullable=False),
        sa.Column('system', sa.String(length=40), nullable=False),
        sa.Column('customer_id', sa.String(length=64), nullable=False),
        sa.Column('chosen_by', BigId, nullable=True),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_crm_links_contact_id_contacts')),
        sa.ForeignKeyConstraint(['chosen_by'], ['users.id'], name=op.f('fk_crm_links_chosen_by_users')),
        sa.PrimaryKeyConstraint('contact_id', 'system', name=op.f('pk_crm_links')),
    )


def downgrade() -> None:
    op.drop_table('crm_links')
