"""The plan of a tree, kept in the ledger."""
from collections.abc import Sequence
from typing import NamedTuple

from autodevelop.checks.dependencies import read_noxfile
from autodevelop.checks.ledger import Ledger
from autodevelop.checks.named_variables import (
    named_variables, variables_hash,
)
from autodevelop.checks.room import Room
from autodevelop.checks.sessions import room_variables
from autodevelop.matrix.plan import Cell, read_plan
from autodevelop.matrix.projects import errors_of
from autodevelop.matrix.settings import read_settings


class Plan(NamedTuple):
    """The cells of a tree, and the files that its settings say it needs.

    variables: the environment variables that its noxfile names.
    made_with: the hash that they had.
    """

    cells: list[Cell]
    needs: list[str]
    variables: list[str]
    made_with: str


def make_plan(room: Room) -> Plan:
    """Ask nox for the plan of what is in a room."""
    with errors_of(room.project):
        settings = read_settings(room.project_tree)
        variables = named_variables(read_noxfile(room))
        return Plan(
            read_plan(room.project_tree, settings, room_variables(room)),
            list(settings.needs), variables, variables_hash(variables))


def keep_plan(ledger: Ledger, keys: Sequence[str], plan: Plan) -> None:
    ledger.keep([_version(key) for key in keys], plan)


def kept_plan(ledger: Ledger, key: str) -> Plan | None:
    """The plan that was kept; a noxfile may have other sessions with other
    variables.
    """
    if (read := ledger.recall(_version(key))) is None:
        return None
    cells = [Cell(*each) for each in read[0]]
    plan = Plan([cell._replace(stages=tuple(cell.stages)) for cell in cells],
                *read[1:])
    current = variables_hash(plan.variables)
    return plan if current == plan.made_with else None


def _version(key: str) -> str:
    """Older ledgers have plans without variables."""
    return f'with variables: {key}'
