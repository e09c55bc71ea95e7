"""sending by the rules."""

import sqlalchemy as sa
from alembic import op

from gateway.models.base import BigId, Json, UtcDateTime

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('templates',
    sa.Column('id', BigId, nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('external_id', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('language', sa.String(length=16), nullable=False),
    sa.Column('category', sa.String(length=20), nullable=False),
    sa.Column('approval', sa.String(length=20), nullable=False),
    sa.Column('rejection', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('types', Json, nullable=False),
    sa.Column('variables', Json, nullable=False),
    sa.Column('synced_at', UtcDateTime(), nullable=False),
    sa.Column('gone_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_templates')),
    sa.UniqueConstraint('account', 'external_id', name=op.f('uq_templates_account_external_id'))
    )
    with op.batch_alter_table('templates', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_templates_name'), ['name'], unique=False)

    op.create_table('campaigns',
    sa.Column('id', BigId, nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('client_key', sa.String(length=80), nullable=True),
    sa.Column('template', sa.String(length=80), nullable=False),
    sa.Column('channel_id', sa.String(length=64), nullable=False),
    sa.Column('options', Json, nullable=False),
    sa.Column('source', Json, nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('state_reason', sa.Text(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('prepared', sa.Integer(), nullable=False),
    sa.Column('claimed_by', sa.String(length=64), nullable=True),
    sa.Column('claimed_until', UtcDateTime(), nullable=True),
    sa.Column('created_by', BigId, nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('starts_at', UtcDateTime(), nullable=True),
    sa.Column('started_at', UtcDateTime(), nullable=True),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_campaigns_created_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns')),
    sa.UniqueConstraint('client_key', name=op.f('uq_campaigns_client_key'))
    )
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.create_index('ix_campaigns_state', ['state'], unique=False)

    op.create_table('consents',
    sa.Column('id', BigId, nullable=False),
    sa.Column('contact_id', BigId, nullable=False),
    sa.Column('address_id', BigId, nullable=False),
    sa.Column('channel_id', sa.String(length=64), nullable=False),
    sa.Column('channel_type', sa.String(length=20), nullable=False),
    sa.Column('wish', sa.String(length=10), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('detail', sa.String(length=80), nullable=False),
    sa.Column('prompt_version', sa.String(length=64), nullable=True),
    sa.Column('message_id', BigId, nullable=True),
    sa.Column('call_id', BigId, nullable=True),
    sa.Column('actor_id', BigId, nullable=True),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['address_id'], ['addresses.id'], name=op.f('fk_consents_address_id_addresses')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_consents_contact_id_contacts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents'))
    )
    with op.batch_alter_table('consents', schema=None) as batch_op:
        batch_op.create_index('ix_consents_contact', ['contact_id', 'id'], unique=False)

    op.create_table('session_windows',
    sa.Column('address_id', BigId, nullable=False),
    sa.Column('channel_id', sa.String(length=64), nullable=False),
    sa.Column('last_inbound_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['address_id'], ['addresses.id'], name=op.f('fk_session_windows_address_id_addresses')),
    sa.PrimaryKeyConstraint('address_id', 'channel_id', name=op.f('pk_session_windows'))
    )
    op.create_table('campaign_rows',
    sa.Column('id', BigId, nullable=False),
    sa.Column('campaign_id', BigId, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('given', Json, nullable=False),
    sa.Column('contact_id', BigId, nullable=True),
    sa.Column('address_id', BigId, nullable=True),
    sa.Column('plan', Json, nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('detail', sa.String(length=200), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=True),
    sa.Column('message_id', BigId, nullable=True),
    sa.ForeignKeyConstraint(['address_id'], ['addresses.id'], name=op.f('fk_campaign_rows_address_id_addresses')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_rows_campaign_id_campaigns'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_campaign_rows_contact_id_contacts')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_campaign_rows_message_id_messages')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_rows')),
    sa.UniqueConstraint('campaign_id', 'number', name=op.f('uq_campaign_rows_campaign_id_number'))
    )
    with op.batch_alter_table('campaign_rows', schema=None) as batch_op:
        batch_op.create_index('ix_campaign_rows_ready', ['campaign_id', 'due_at', 'id'], unique=False, postgresql_where=sa.text("state = 'ready'"), sqlite_where=sa.text("state = 'ready'"))
        batch_op.create_index('ix_campaign_rows_state', ['campaign_id', 'state', 'reason'], unique=False)
        batch_op.create_index('uq_campaign_rows_contact', ['campaign_id', 'contact_id'], unique=True, postgresql_where=sa.text("state <> 'refused'"), sqlite_where=sa.text("state <> 'refused'"))

    op.create_table('timers',
    sa.Column('id', BigId, nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('contact_id', BigId, nullable=False),
    sa.Column('conversation_id', BigId, nullable=True),
    sa.Column('message_id', BigId, nullable=True),
    sa.Column('data', Json, nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('outcome', sa.String(length=80), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.Column('created_by', BigId, nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('settled_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_timers_contact_id_contacts')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_timers_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_timers_created_by_users')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_timers_message_id_messages')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timers'))
    )
    with op.batch_alter_table('timers', schema=None) as batch_op:
        batch_op.create_index('ix_timers_contact', ['contact_id', 'id'], unique=False)
        batch_op.create_index('ix_timers_due', ['due_at', 'id'], unique=False, postgresql_where=sa.text("state = 'pending'"), sqlite_where=sa.text("state = 'pending'"))
        batch_op.create_index('ix_timers_message', ['message_id'], unique=False)

    with op.batch_alter_table('addresses', schema=None) as batch_op:
        batch_op.add_column(sa.Column('dead', Json, server_default='{}', nullable=False))

    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('tags', Json, server_default='[]', nullable=False))

    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.add_column(sa.Column('parked_count', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('auto_replies', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('auto_since', UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('heard_hash', sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column('heard_times', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('braked_at', UtcDateTime(), nullable=True))

    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.add_column(sa.Column('content_sid', sa.String(length=40), nullable=True))

    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.add_column(sa.Column('purpose', sa.String(length=16), server_default='reply', nullable=False))
        batch_op.add_column(sa.Column('template', sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column('campaign_id', BigId, nullable=True))
        batch_op.add_column(sa.Column('ladder', Json, server_default='[]', nullable=False))
        batch_op.create_index('ix_messages_campaign', ['campaign_id', 'status'], unique=False, postgresql_where=sa.text('campaign_id IS NOT NULL'), sqlite_where=sa.text('campaign_id IS NOT NULL'))
        batch_op.create_foreign_key(batch_op.f('fk_messages_campaign_id_campaigns'), 'campaigns', ['campaign_id'], ['id'])



    op.execute(
        "INSERT INTO session_windows (address_id, channel_id, last_inbound_at) "
        "SELECT id, last_channel_id, last_inbound_at FROM addresses "
        "WHERE last_channel_id IS NOT NULL AND last_inbound_at IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_messages_campaign_id_campaigns'), type_='foreignkey')
        batch_op.drop_index('ix_messages_campaign', postgresql_where=sa.text('campaign_id IS NOT NULL'), sqlite_where=sa.text('campaign_id IS NOT NULL'))
        batch_op.drop_column('ladder')
        batch_op.drop_column('campaign_id')
        batch_op.drop_column('template')
        batch_op.drop_column('purpose')

    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.drop_column('content_sid')

    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.drop_column('braked_at')
        batch_op.drop_column('heard_times')
        batch_op.drop_column('heard_hash')
        batch_op.drop_column('auto_since')
        batch_op.drop_column('auto_replies')
        batch_op.drop_column('parked_count')

    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.drop_column('tags')

    with op.batch_alter_table('addresses', schema=None) as batch_op:
        batch_op.drop_column('dead')

    with op.batch_alter_table('timers', schema=None) as batch_op:
        batch_op.drop_index('ix_timers_message')
        batch_op.drop_index('ix_timers_due', postgresql_where=sa.text("state = 'pending'"), sqlite_where=sa.text("state = 'pending'"))
        batch_op.drop_index('ix_timers_contact')

    op.drop_table('timers')
    with op.batch_alter_table('campaign_rows', schema=None) as batch_op:
        batch_op.drop_index('uq_campaign_rows_contact', postgresql_where=sa.text("state <> 'refused'"), sqlite_where=sa.text("state <> 'refused'"))
        batch_op.drop_index('ix_campaign_rows_state')
        batch_op.drop_index('ix_campaign_rows_ready', postgresql_where=sa.text("state = 'ready'"), sqlite_where=sa.text("state = 'ready'"))

    op.drop_table('campaign_rows')
    op.drop_table('session_windows')
    with op.batch_alter_table('consents', schema=None) as batch_op:
        batch_op.drop_index('ix_consents_contact')

    op.drop_table('consents')
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.drop_index('ix_campaigns_state')

    op.drop_table('campaigns')
    with op.batch_alter_table('templates', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_templates_name'))

    op.drop_table('templates')
