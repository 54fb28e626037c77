"""Which of several alerts has every second turn."""

from __future__ import annotations

from bot.deliver.turns import MOST, Turns
from bot.model import ChatKind, DeliveryForm
from bot.storage.claiming import Fresh
from bot.storage.deliveries import ClaimedDelivery
from tests.clock import START


def claimed(alert_id: int, priority: int = 10) -> ClaimedDelivery:
    """One of an alert's."""
    return ClaimedDelivery(
        *(
            1,
            alert_id,
            alert_id,
            1,
            1,
            0,
            ChatKind.PRIVATE,
            None,
            DeliveryForm.MESSAGE,
            priority,
            1,
            START,
            False,
        )
    )


def test_the_newest_has_them_until_nothing_of_it_is_claimed() -> None:
    """Each priority has its own; then the one before it goes on."""
    turns = Turns()
    for number, priority in ((1, 10), (2, 10), (3, 0)):
        turns.begin(Fresh(number, priority, 100 * number))
    assert {priority: fresh.alert_id for priority, fresh in turns.newest.items()} == {10: 2, 0: 3}
    turns.note([claimed(2), claimed(1)])
    turns.note([])
    assert turns.newest[10].alert_id == 2
    assert turns.place(2) < turns.place(1) < turns.place(7)
    turns.note([claimed(1)])
    assert turns.newest[10].alert_id == 1
    assert not turns.knows(2)
    assert turns.newest[0].alert_id == 3


def test_only_so_many_are_remembered() -> None:
    """What began long ago leaves in its order."""
    turns = Turns()
    for number in range(MOST + 1):
        turns.begin(Fresh(number, 10, number))
    assert (turns.knows(0), turns.knows(1)) == (False, True)
