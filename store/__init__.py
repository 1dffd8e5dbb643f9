"""Tables and their queries, one file an aggregate."""

from sqlmodel import SQLModel

# Here, for a constraint takes its name when its table is made. Checks are named where they are written.
SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}
