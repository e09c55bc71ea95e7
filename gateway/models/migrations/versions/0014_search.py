"""search over messages and contacts."""

from alembic import op

from gateway.models import search_index

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    for statement in search_index.SQLITE if connection.dialect.name == 'sqlite' else search_index.POSTGRESQL:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    connection = op.get_bind()
    for statement in search_index.SQLITE_DOWN if connection.dialect.name == 'sqlite' else search_index.POSTGRESQL_DOWN:
        connection.exec_driver_sql(statement)
