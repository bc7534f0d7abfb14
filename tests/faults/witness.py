"""A witness inside the database: a trigger writes down every change of a document's state, in the same transaction.

The program does not know of it, so it also sees what the program would not: a stage that was ended twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from workers.store.database import Database

_SQLITE = (
    "CREATE TABLE witnessed (number INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT, state TEXT)",
    """CREATE TRIGGER witness AFTER UPDATE OF state ON documents
       BEGIN INSERT INTO witnessed (document_id, state) VALUES (NEW.id, NEW.state); END""",
)
_POSTGRESQL = (
    "CREATE TABLE witnessed (number BIGSERIAL PRIMARY KEY, document_id TEXT, state TEXT)",
    """CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN INSERT INTO witnessed (document_id, state) VALUES (NEW.id, NEW.state); RETURN NULL; END $$""",
    "CREATE TRIGGER witness AFTER UPDATE OF state ON documents FOR EACH ROW EXECUTE FUNCTION witness()",
)


@dataclass(frozen=True)
class Move:
    """One change of a document's state; `number` grows with time."""

    number: int
    document_id: str
    state: str


def install(database: Database) -> None:
    """Puts the trigger on the tables."""
    with database.engine.begin() as connection:
        for statement in _SQLITE if database.on_sqlite else _POSTGRESQL:
            connection.execute(text(statement))


def last_number(database: Database) -> int:
    """The number of the last move, 0 before the first."""
    with database.reading() as session:
        return session.scalar(text("SELECT coalesce(max(number), 0) FROM witnessed")) or 0


def moves(database: Database) -> list[Move]:
    """Every move, in order."""
    with database.reading() as session:
        return [Move(*row) for row in session.execute(text("SELECT * FROM witnessed ORDER BY number"))]
