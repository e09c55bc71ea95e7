"""Answers given and whether they helped, labelled messages, misses and what they ask."""

import sqlalchemy as sa
from alembic import op

from gateway.models.base import BigId, Json, UtcDateTime

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('refits',
    sa.Column('id', BigId, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('day', sa.String(length=10), nullable=False),
    sa.Column('labels', sa.Integer(), nullable=False),
    sa.Column('last_label_id', BigId, nullable=False),
    sa.Column('wrong_before', sa.Double(), nullable=True),
    sa.Column('wrong_after', sa.Double(), nullable=True),
    sa.Column('taken', sa.Boolean(), nullable=False),
    sa.Column('begun_at', UtcDateTime(), nullable=False),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refits')),
    sa.UniqueConstraint('digest', 'day', name=op.f('uq_refits_digest_day'))
    )
    op.create_table('question_runs',
    sa.Column('id', BigId, nullable=False),
    sa.Column('day', sa.String(length=10), nullable=True),
    sa.Column('wanted_by', BigId, nullable=True),
    sa.Column('wanted_at', UtcDateTime(), nullable=False),
    sa.Column('begun_at', UtcDateTime(), nullable=True),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.Column('messages', sa.Integer(), nullable=False),
    sa.Column('others', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['wanted_by'], ['users.id'], name=op.f('fk_question_runs_wanted_by_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_runs')),
    sa.UniqueConstraint('day', name=op.f('uq_question_runs_day'))
    )
    op.create_table('questions',
    sa.Column('id', BigId, nullable=False),
    sa.Column('run_id', BigId, nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('contacts', sa.Integer(), nullable=False),
    sa.Column('languages', Json, nullable=False),
    sa.Column('reasons', Json, nullable=False),
    sa.Column('examples', Json, nullable=False),
    sa.Column('members', Json, nullable=False),
    sa.Column('nearest', sa.String(length=60), nullable=False),
    sa.Column('nearest_score', sa.Double(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('answer', sa.String(length=40), nullable=True),
    sa.Column('done_by', BigId, nullable=True),
    sa.Column('done_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['done_by'], ['users.id'], name=op.f('fk_questions_done_by_users')),
    sa.ForeignKeyConstraint(['run_id'], ['question_runs.id'], name=op.f('fk_questions_run_id_question_runs'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questions'))
    )
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.create_index('ix_questions_run', ['run_id', 'place'], unique=False)

    op.create_table('answers_given',
    sa.Column('id', BigId, nullable=False),
    sa.Column('message_id', BigId, nullable=True),
    sa.Column('contact_id', BigId, nullable=False),
    sa.Column('conversation_id', BigId, nullable=False),
    sa.Column('answer', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=16), nullable=False),
    sa.Column('channel_type', sa.String(length=20), nullable=False),
    sa.Column('score', sa.Double(), nullable=True),
    sa.Column('asked', sa.Boolean(), nullable=False),
    sa.Column('helped', sa.Boolean(), nullable=True),
    sa.Column('helped_at', UtcDateTime(), nullable=True),
    sa.Column('handed_over_at', UtcDateTime(), nullable=True),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_answers_given_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_answers_given_conversation_id_conversations'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_answers_given_message_id_messages'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answers_given'))
    )
    with op.batch_alter_table('answers_given', schema=None) as batch_op:
        batch_op.create_index('ix_answers_given_at', ['at'], unique=False)
        batch_op.create_index('ix_answers_given_contact', ['contact_id', 'id'], unique=False)
        batch_op.create_index('ix_answers_given_conversation', ['conversation_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_answers_given_message_id'), ['message_id'], unique=False)

    op.create_table('labels',
    sa.Column('id', BigId, nullable=False),
    sa.Column('message_id', BigId, nullable=False),
    sa.Column('target', sa.String(length=60), nullable=False),
    sa.Column('fits', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('by_id', BigId, nullable=True),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['users.id'], name=op.f('fk_labels_by_id_users')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_labels_message_id_messages'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_labels')),
    sa.UniqueConstraint('message_id', 'target', name=op.f('uq_labels_message_id_target'))
    )
    with op.batch_alter_table('labels', schema=None) as batch_op:
        batch_op.create_index('ix_labels_at', ['at'], unique=False)

    op.create_table('misses',
    sa.Column('id', BigId, nullable=False),
    sa.Column('message_id', BigId, nullable=False),
    sa.Column('contact_id', BigId, nullable=False),
    sa.Column('language', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=16), nullable=False),
    sa.Column('settled', sa.Boolean(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_misses_contact_id_contacts'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_misses_message_id_messages'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_misses')),
    sa.UniqueConstraint('message_id', name=op.f('uq_misses_message_id'))
    )
    with op.batch_alter_table('misses', schema=None) as batch_op:
        batch_op.create_index('ix_misses_at', ['at'], unique=False)
        batch_op.create_index('ix_misses_contact', ['contact_id', 'id'], unique=False)

    op.add_column('conversations', sa.Column('asked', Json, server_default='{}', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('conversations', schema=None) as batch_op:
        batch_op.drop_column('asked')

    with op.batch_alter_table('misses', schema=None) as batch_op:
        batch_op.drop_index('ix_misses_contact')
        batch_op.drop_index('ix_misses_at')

    op.drop_table('misses')
    with op.batch_alter_table('labels', schema=None) as batch_op:
        batch_op.drop_index('ix_labels_at')

    op.drop_table('labels')
    with op.batch_alter_table('answers_given', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_answers_given_message_id'))
        batch_op.drop_index('ix_answers_given_conversation')
        batch_op.drop_index('ix_answers_given_contact')
        batch_op.drop_index('ix_answers_given_at')

    op.drop_table('answers_given')
    with op.batch_alter_table('questions', schema=None) as batch_op:
        batch_op.drop_index('ix_questions_run')

    op.drop_table('questions')
    op.drop_table('question_runs')
    op.drop_table('refits')
