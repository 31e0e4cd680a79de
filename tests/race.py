"""Many at once: real threads, each with a database connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def together(number: int, act: Callable[[int], Any]) -> list[Any]:
    """Call `act(0) … act(number - 1)` at the same moment; the results, or the errors raised."""
    start = threading.Barrier(number)
    results: list[Any] = [None] * number

    def run(index: int) -> None:
        try:
            start.wait(timeout=30)
            results[index] = act(index)
        except Exception as error:  # noqa: BLE001 - the losers' errors are what is looked at
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return results
