"""What every backend of the shared index must do. A backend's tests say

    class TestThisBackend(IndexContract): ...

and give the fixture `opened`: an `Opened` that opens further indexes on one store, empty at the beginning of each
test, and closes them behind it.
"""

from __future__ import annotations

from tests.index.contract.answers import AnswersContract
from tests.index.contract.demand import DemandContract
from tests.index.contract.harvests import HarvestsContract
from tests.index.contract.offering import OfferingContract
from tests.index.contract.operating import OperatingContract
from tests.index.contract.searching import SearchingContract


class IndexContract(
    AnswersContract, DemandContract, SearchingContract, OfferingContract, OperatingContract, HarvestsContract
):
    """The tests that every backend passes."""
