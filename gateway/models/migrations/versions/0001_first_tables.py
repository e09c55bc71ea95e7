"""first tables."""

import sqlalchemy as sa
from alembic import op

from gateway.models.base import BigId, Json, UtcDateTime

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('config_versions',
    sa.Column('id', BigId, nullable=False),
    sa.Column('files', Json, nullable=False),
    sa.Column('checksum', sa.String(length=64), nullable=False),
    sa.Column('author', sa.String(length=100), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_config_versions'))
    )
    op.create_table('contacts',
    sa.Column('id', BigId, nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('profile_name', sa.String(length=200), nullable=False),
    sa.Column('language', sa.String(length=16), nullable=True),
    sa.Column('timezone', sa.String(length=64), nullable=True),
    sa.Column('attributes', Json, nullable=False),
    sa.Column('merged_into_id', BigId, nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('last_seen_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['merged_into_id'], ['contacts.id'], name=op.f('fk_contacts_merged_into_id_contacts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contacts'))
    )
    op.create_table('contents',
    sa.Column('id', BigId, nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('shape', Json, nullable=False),
    sa.Column('external_id', sa.String(length=80), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('used_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contents')),
    sa.UniqueConstraint('account', 'hash', name=op.f('uq_contents_account_hash'))
    )
    op.create_table('event_log',
    sa.Column('id', BigId, nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('actor', sa.String(length=10), nullable=False),
    sa.Column('actor_id', BigId, nullable=True),
    sa.Column('contact_id', BigId, nullable=True),
    sa.Column('conversation_id', BigId, nullable=True),
    sa.Column('message_id', BigId, nullable=True),
    sa.Column('call_id', BigId, nullable=True),
    sa.Column('queue', sa.String(length=64), nullable=True),
    sa.Column('data', Json, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event_log'))
    )
    with op.batch_alter_table('event_log', schema=None) as batch_op:
        batch_op.create_index('ix_event_log_at', ['at'], unique=False)
        batch_op.create_index('ix_event_log_conversation', ['conversation_id', 'id'], unique=False)
        batch_op.create_index('ix_event_log_kind_at', ['kind', 'at'], unique=False)

    op.create_table('held_statuses',
    sa.Column('id', BigId, nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('external_id', sa.String(length=80), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('error_code', sa.String(length=20), nullable=True),
    sa.Column('error_text', sa.Text(), nullable=True),
    sa.Column('received_at', UtcDateTime(), nullable=False),
    sa.Column('joined_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_held_statuses'))
    )
    with op.batch_alter_table('held_statuses', schema=None) as batch_op:
        batch_op.create_index('ix_held_statuses_external_id', ['external_id'], unique=False)

    op.create_table('lanes',
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=True),
    sa.Column('claimed_until', UtcDateTime(), nullable=True),
    sa.Column('claimed_by', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_lanes'))
    )
    with op.batch_alter_table('lanes', schema=None) as batch_op:
        batch_op.create_index('ix_lanes_due', ['due_at'], unique=False, postgresql_where=sa.text('due_at IS NOT NULL'), sqlite_where=sa.text('due_at IS NOT NULL'))

    op.create_table('raw_requests',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('provider', sa.String(length=20), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('route', sa.String(length=40), nullable=False),
    sa.Column('method', sa.String(length=8), nullable=False),
    sa.Column('path', sa.Text(), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('headers', Json, nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('received_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_raw_requests'))
    )
    op.create_table('users',
    sa.Column('id', BigId, nullable=False),
    sa.Column('email', sa.String(length=200), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('role', sa.String(length=12), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('locale', sa.String(length=16), nullable=False),
    sa.Column('timezone', sa.String(length=64), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('email', name=op.f('uq_users_email'))
    )
    op.create_table('addresses',
    sa.Column('id', BigId, nullable=False),
    sa.Column('contact_id', BigId, nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('value', sa.String(length=160), nullable=False),
    sa.Column('match_key', sa.String(length=160), nullable=False),
    sa.Column('last_channel_id', sa.String(length=64), nullable=True),
    sa.Column('last_inbound_at', UtcDateTime(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_addresses_contact_id_contacts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_addresses')),
    sa.UniqueConstraint('kind', 'value', name=op.f('uq_addresses_kind_value'))
    )
    with op.batch_alter_table('addresses', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_addresses_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index('ix_addresses_match_key', ['match_key'], unique=False)

    op.create_table('api_tokens',
    sa.Column('id', BigId, nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('role', sa.String(length=12), nullable=False),
    sa.Column('user_id', BigId, nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('last_used_at', UtcDateTime(), nullable=True),
    sa.Column('revoked_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_api_tokens_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_tokens')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_api_tokens_token_hash'))
    )
    op.create_table('calls',
    sa.Column('id', BigId, nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('external_id', sa.String(length=80), nullable=False),
    sa.Column('contact_id', BigId, nullable=True),
    sa.Column('channel_id', sa.String(length=64), nullable=False),
    sa.Column('address', sa.String(length=160), nullable=False),
    sa.Column('direction', sa.String(length=10), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('started_at', UtcDateTime(), nullable=False),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.Column('duration_seconds', sa.Integer(), nullable=True),
    sa.Column('data', Json, nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_calls_contact_id_contacts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calls')),
    sa.UniqueConstraint('account', 'external_id', name=op.f('uq_calls_account_external_id'))
    )
    with op.batch_alter_table('calls', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_calls_contact_id'), ['contact_id'], unique=False)

    op.create_table('contact_merges',
    sa.Column('id', BigId, nullable=False),
    sa.Column('kept_id', BigId, nullable=False),
    sa.Column('merged_id', BigId, nullable=False),
    sa.Column('moved', Json, nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('undone_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['kept_id'], ['contacts.id'], name=op.f('fk_contact_merges_kept_id_contacts')),
    sa.ForeignKeyConstraint(['merged_id'], ['contacts.id'], name=op.f('fk_contact_merges_merged_id_contacts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_merges'))
    )
    with op.batch_alter_table('contact_merges', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contact_merges_kept_id'), ['kept_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_contact_merges_merged_id'), ['merged_id'], unique=False)

    op.create_table('inbound_events',
    sa.Column('id', BigId, nullable=False),
    sa.Column('request_id', sa.Uuid(), nullable=True),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('lane', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('payload', Json, nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('received_at', UtcDateTime(), nullable=False),
    sa.Column('processed_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['request_id'], ['raw_requests.id'], name=op.f('fk_inbound_events_request_id_raw_requests')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbound_events')),
    sa.UniqueConstraint('account', 'key', name=op.f('uq_inbound_events_account_key'))
    )
    with op.batch_alter_table('inbound_events', schema=None) as batch_op:
        batch_op.create_index('ix_inbound_events_failed', ['id'], unique=False, postgresql_where=sa.text("state = 'failed'"), sqlite_where=sa.text("state = 'failed'"))
        batch_op.create_index('ix_inbound_events_pending', ['lane', 'id'], unique=False, postgresql_where=sa.text("state = 'pending'"), sqlite_where=sa.text("state = 'pending'"))

    op.create_table('user_sessions',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_id', BigId, nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('expires_at', UtcDateTime(), nullable=False),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_user_sessions_user_id_users')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_user_sessions'))
    )
    with op.batch_alter_table('user_sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_sessions_user_id'), ['user_id'], unique=False)

    op.create_table('conversations',
    sa.Column('id', BigId, nullable=False),
    sa.Column('contact_id', BigId, nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('owner', sa.String(length=10), nullable=False),
    sa.Column('queue', sa.String(length=64), nullable=True),
    sa.Column('assignee_id', BigId, nullable=True),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.String(length=64), nullable=False),
    sa.Column('channel_type', sa.String(length=20), nullable=False),
    sa.Column('address_id', BigId, nullable=False),
    sa.Column('language', sa.String(length=16), nullable=True),
    sa.Column('preview', sa.String(length=200), nullable=False),
    sa.Column('preview_kind', sa.String(length=20), nullable=False),
    sa.Column('unread_count', sa.Integer(), nullable=False),
    sa.Column('opened_at', UtcDateTime(), nullable=False),
    sa.Column('last_inbound_at', UtcDateTime(), nullable=True),
    sa.Column('last_message_at', UtcDateTime(), nullable=False),
    sa.Column('waiting_since', UtcDateTime(), nullable=True),
    sa.Column('resolved_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['address_id'], ['addresses.id'], name=op.f('fk_conversations_address_id_addresses')),
    sa.ForeignKeyConstraint(['assignee_id'], ['users.id'], name=op.f('fk_conversations_assignee_id_users')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_conversations_contact_id_contacts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversations'))
    )
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.create_index('ix_conversations_assignee', ['assignee_id', 'state', 'last_message_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_conversations_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index('ix_conversations_inbox', ['state', 'owner', 'last_message_at'], unique=False)
        batch_op.create_index('ix_conversations_newest', ['state', 'last_message_at'], unique=False)
        batch_op.create_index('ix_conversations_queue', ['queue', 'state', 'waiting_since'], unique=False)
        batch_op.create_index('uq_conversations_open', ['contact_id'], unique=True, postgresql_where=sa.text("state <> 'resolved'"), sqlite_where=sa.text("state <> 'resolved'"))

    op.create_table('opt_outs',
    sa.Column('id', BigId, nullable=False),
    sa.Column('address_id', BigId, nullable=False),
    sa.Column('channel_id', sa.String(length=64), nullable=False),
    sa.Column('channel_type', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('since', UtcDateTime(), nullable=False),
    sa.Column('lifted_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['address_id'], ['addresses.id'], name=op.f('fk_opt_outs_address_id_addresses')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opt_outs')),
    sa.UniqueConstraint('address_id', 'channel_id', name=op.f('uq_opt_outs_address_id_channel_id'))
    )
    op.create_table('flow_sessions',
    sa.Column('contact_id', BigId, nullable=False),
    sa.Column('conversation_id', BigId, nullable=True),
    sa.Column('flow', sa.String(length=64), nullable=False),
    sa.Column('config_version', sa.Integer(), nullable=False),
    sa.Column('node', sa.String(length=64), nullable=False),
    sa.Column('slots', Json, nullable=False),
    sa.Column('offered', Json, nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_flow_sessions_contact_id_contacts')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_flow_sessions_conversation_id_conversations')),
    sa.PrimaryKeyConstraint('contact_id', name=op.f('pk_flow_sessions'))
    )
    op.create_table('messages',
    sa.Column('id', BigId, nullable=False),
    sa.Column('account', sa.String(length=64), nullable=True),
    sa.Column('external_id', sa.String(length=80), nullable=True),
    sa.Column('conversation_id', BigId, nullable=True),
    sa.Column('contact_id', BigId, nullable=False),
    sa.Column('address_id', BigId, nullable=True),
    sa.Column('address', sa.String(length=160), nullable=False),
    sa.Column('channel_id', sa.String(length=64), nullable=False),
    sa.Column('channel_type', sa.String(length=20), nullable=False),
    sa.Column('direction', sa.String(length=10), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('payload', Json, nullable=False),
    sa.Column('reply_to', sa.String(length=80), nullable=True),
    sa.Column('forwarded', sa.Boolean(), nullable=False),
    sa.Column('frequently_forwarded', sa.Boolean(), nullable=False),
    sa.Column('profile_name', sa.String(length=200), nullable=True),
    sa.Column('author', sa.String(length=10), nullable=False),
    sa.Column('author_id', BigId, nullable=True),
    sa.Column('epoch', sa.Integer(), nullable=True),
    sa.Column('language', sa.String(length=16), nullable=True),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('error_code', sa.String(length=20), nullable=True),
    sa.Column('error_text', sa.Text(), nullable=True),
    sa.Column('client_key', sa.String(length=80), nullable=True),
    sa.Column('event_id', BigId, nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['address_id'], ['addresses.id'], name=op.f('fk_messages_address_id_addresses')),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_messages_author_id_users')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_messages_contact_id_contacts')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_messages_conversation_id_conversations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('account', 'external_id', name=op.f('uq_messages_account_external_id')),
    sa.UniqueConstraint('client_key', name=op.f('uq_messages_client_key'))
    )
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.create_index('ix_messages_contact', ['contact_id', 'id'], unique=False)
        batch_op.create_index('ix_messages_conversation', ['conversation_id', 'id'], unique=False)
        batch_op.create_index('ix_messages_external_id', ['external_id'], unique=False)

    op.create_table('notes',
    sa.Column('id', BigId, nullable=False),
    sa.Column('conversation_id', BigId, nullable=False),
    sa.Column('author_id', BigId, nullable=True),
    sa.Column('author_name', sa.String(length=100), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['users.id'], name=op.f('fk_notes_author_id_users')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_notes_conversation_id_conversations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notes'))
    )
    with op.batch_alter_table('notes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notes_conversation_id'), ['conversation_id'], unique=False)

    op.create_table('deliveries',
    sa.Column('id', BigId, nullable=False),
    sa.Column('message_id', BigId, nullable=False),
    sa.Column('contact_id', BigId, nullable=False),
    sa.Column('conversation_id', BigId, nullable=True),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('rung', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=40), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('channel_id', sa.String(length=64), nullable=False),
    sa.Column('channel_type', sa.String(length=20), nullable=False),
    sa.Column('sender', sa.String(length=160), nullable=False),
    sa.Column('to', sa.String(length=160), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('media', Json, nullable=False),
    sa.Column('content_hash', sa.String(length=64), nullable=True),
    sa.Column('content_variables', Json, nullable=True),
    sa.Column('author', sa.String(length=10), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('looks', sa.Integer(), nullable=False),
    sa.Column('late', sa.Boolean(), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=False),
    sa.Column('claimed_by', sa.String(length=64), nullable=True),
    sa.Column('claimed_at', UtcDateTime(), nullable=True),
    sa.Column('accepted_at', UtcDateTime(), nullable=True),
    sa.Column('holds_until', UtcDateTime(), nullable=True),
    sa.Column('settled_at', UtcDateTime(), nullable=True),
    sa.Column('provider_id', sa.String(length=80), nullable=True),
    sa.Column('error_code', sa.String(length=20), nullable=True),
    sa.Column('error_text', sa.Text(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_deliveries_contact_id_contacts')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_deliveries_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_deliveries_message_id_messages')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deliveries')),
    sa.UniqueConstraint('token', name=op.f('uq_deliveries_token'))
    )
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.create_index('ix_deliveries_due', ['due_at', 'id'], unique=False, postgresql_where=sa.text("state IN ('queued', 'sending', 'unconfirmed')"), sqlite_where=sa.text("state IN ('queued', 'sending', 'unconfirmed')"))
        batch_op.create_index('ix_deliveries_holding', ['contact_id'], unique=False, postgresql_where=sa.text("holds_until IS NOT NULL"), sqlite_where=sa.text("holds_until IS NOT NULL"))
        batch_op.create_index(batch_op.f('ix_deliveries_message_id'), ['message_id'], unique=False)
        batch_op.create_index('ix_deliveries_provider_id', ['provider_id'], unique=False)
        batch_op.create_index('ix_deliveries_unfinished', ['contact_id', 'id'], unique=False, postgresql_where=sa.text("state IN ('queued', 'sending', 'unconfirmed')"), sqlite_where=sa.text("state IN ('queued', 'sending', 'unconfirmed')"))

    op.create_table('media',
    sa.Column('id', BigId, nullable=False),
    sa.Column('message_id', BigId, nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('source_url', sa.Text(), nullable=True),
    sa.Column('claimed_type', sa.String(length=100), nullable=False),
    sa.Column('content_type', sa.String(length=100), nullable=True),
    sa.Column('size', sa.Integer(), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('filename', sa.String(length=240), nullable=True),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('storage_key', sa.String(length=200), nullable=True),
    sa.Column('thumbnail_key', sa.String(length=200), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due_at', UtcDateTime(), nullable=True),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_media_message_id_messages')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_media'))
    )
    with op.batch_alter_table('media', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_media_message_id'), ['message_id'], unique=False)
        batch_op.create_index('ix_media_pending', ['due_at'], unique=False, postgresql_where=sa.text("state = 'pending'"), sqlite_where=sa.text("state = 'pending'"))

    protect_event_log()


def protect_event_log() -> None:
    """The event log is append-only: the database itself refuses to rewrite a row."""
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("""CREATE FUNCTION refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS
                      $$ BEGIN RAISE EXCEPTION 'event_log is append-only'; END $$""")
        op.execute("""CREATE TRIGGER event_log_append_only BEFORE UPDATE OR DELETE ON event_log
                      FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()""")
        return
    for verb in ('UPDATE', 'DELETE'):
        op.execute(f"""CREATE TRIGGER event_log_no_{verb.lower()} BEFORE {verb} ON event_log
                       BEGIN SELECT RAISE(ABORT, 'event_log is append-only'); END""")


def downgrade() -> None:
    with op.batch_alter_table('media', schema=None) as batch_op:
        batch_op.drop_index('ix_media_pending', postgresql_where=sa.text("state = 'pending'"), sqlite_where=sa.text("state = 'pending'"))
        batch_op.drop_index(batch_op.f('ix_media_message_id'))

    op.drop_table('media')
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.drop_index('ix_deliveries_unfinished', postgresql_where=sa.text("state IN ('queued', 'sending', 'unconfirmed')"), sqlite_where=sa.text("state IN ('queued', 'sending', 'unconfirmed')"))
        batch_op.drop_index('ix_deliveries_provider_id')
        batch_op.drop_index(batch_op.f('ix_deliveries_message_id'))
        batch_op.drop_index('ix_deliveries_holding', postgresql_where=sa.text("holds_until IS NOT NULL"), sqlite_where=sa.text("holds_until IS NOT NULL"))
        batch_op.drop_index('ix_deliveries_due', postgresql_where=sa.text("state IN ('queued', 'sending', 'unconfirmed')"), sqlite_where=sa.text("state IN ('queued', 'sending', 'unconfirmed')"))

    op.drop_table('deliveries')
    with op.batch_alter_table('notes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notes_conversation_id'))

    op.drop_table('notes')
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.drop_index('ix_messages_external_id')
        batch_op.drop_index('ix_messages_conversation')
        batch_op.drop_index('ix_messages_contact')

    op.drop_table('messages')
    op.drop_table('flow_sessions')
    op.drop_table('opt_outs')
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.drop_index('uq_conversations_open', postgresql_where=sa.text("state <> 'resolved'"), sqlite_where=sa.text("state <> 'resolved'"))
        batch_op.drop_index('ix_conversations_queue')
        batch_op.drop_index('ix_conversations_newest')
        batch_op.drop_index('ix_conversations_inbox')
        batch_op.drop_index(batch_op.f('ix_conversations_contact_id'))
        batch_op.drop_index('ix_conversations_assignee')

    op.drop_table('conversations')
    with op.batch_alter_table('user_sessions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_sessions_user_id'))

    op.drop_table('user_sessions')
    with op.batch_alter_table('inbound_events', schema=None) as batch_op:
        batch_op.drop_index('ix_inbound_events_pending', postgresql_where=sa.text("state = 'pending'"), sqlite_where=sa.text("state = 'pending'"))
        batch_op.drop_index('ix_inbound_events_failed', postgresql_where=sa.text("state = 'failed'"), sqlite_where=sa.text("state = 'failed'"))

    op.drop_table('inbound_events')
    with op.batch_alter_table('contact_merges', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contact_merges_merged_id'))
        batch_op.drop_index(batch_op.f('ix_contact_merges_kept_id'))

    op.drop_table('contact_merges')
    with op.batch_alter_table('calls', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_calls_contact_id'))

    op.drop_table('calls')
    op.drop_table('api_tokens')
    with op.batch_alter_table('addresses', schema=None) as batch_op:
        batch_op.drop_index('ix_addresses_match_key')
        batch_op.drop_index(batch_op.f('ix_addresses_contact_id'))

    op.drop_table('addresses')
    op.drop_table('users')
    op.drop_table('raw_requests')
    with op.batch_alter_table('lanes', schema=None) as batch_op:
        batch_op.drop_index('ix_lanes_due', postgresql_where=sa.text('due_at IS NOT NULL'), sqlite_where=sa.text('due_at IS NOT NULL'))

    op.drop_table('lanes')
    with op.batch_alter_table('held_statuses', schema=None) as batch_op:
        batch_op.drop_index('ix_held_statuses_external_id')

    op.drop_table('held_statuses')
    with op.batch_alter_table('event_log', schema=None) as batch_op:
        batch_op.drop_index('ix_event_log_kind_at')
        batch_op.drop_index('ix_event_log_conversation')
        batch_op.drop_index('ix_event_log_at')

    op.drop_table('event_log')
    op.drop_table('contents')
    op.drop_table('contacts')
    op.drop_table('config_versions')
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("DROP FUNCTION refuse_rewrite()")
