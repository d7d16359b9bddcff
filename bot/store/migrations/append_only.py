"""Triggers that make the audit log append-only. Used by revision 0001; never change what a revision has used."""

from __future__ import annotations

MESSAGE = "audit_entry is append-only"

_SQLITE = {
    "audit_entry_no_update": f"BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    "audit_entry_no_delete": f"BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    # INSERT OR REPLACE removes the old row without firing the delete trigger, so it is caught before the insert.
    "audit_entry_no_replace": (
        "BEFORE INSERT ON audit_entry WHEN EXISTS (SELECT 1 FROM audit_entry WHERE seq = NEW.seq "
        "OR previous_hash = NEW.previous_hash OR entry_hash = NEW.entry_hash) "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    ),
}

_POSTGRESQL_FUNCTION = f"""CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
END
$$"""

_POSTGRESQL = {
    "audit_entry_no_change": (
        "BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()"
    ),
    "audit_entry_no_truncate": (
        "BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()"
    ),
}


def statements_to_make(dialect: str) -> list[str]:
    """SQL that makes the triggers in a dialect (`sqlite` or `postgresql`)."""
    if dialect == "sqlite":
        return [f"CREATE TRIGGER {name} {body}" for name, body in _SQLITE.items()]
    if dialect == "postgresql":
        made = [f"CREATE TRIGGER {name} {body}" for name, body in _POSTGRESQL.items()]
        return [_POSTGRESQL_FUNCTION, *made]
    raise NotImplementedError(f"no append-only triggers for {dialect}")


def statements_to_drop(dialect: str) -> list[str]:
    """SQL that drops the triggers again."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER {name}" for name in _SQLITE]
    dropped = [f"DROP TRIGGER {name} ON audit_entry" for name in _POSTGRESQL]
    return [*dropped, "DROP FUNCTION audit_entry_refuse()"]
