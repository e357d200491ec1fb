"""The game: finished tickets give XP and gold, damage bosses, complete quests and unlock achievements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import bosses, extras, progress, social, standings

if TYPE_CHECKING:
    from cstar_async.sandbox.service.context import Handler

HANDLERS: dict[str, Handler] = {
    **bosses.HANDLERS,
    **extras.HANDLERS,
    **progress.HANDLERS,
    **social.HANDLERS,
    **standings.HANDLERS,
}
"""The operations of the game, by id."""
