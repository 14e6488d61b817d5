"""A runner that knows the toys' kinds beside its own: ``python -m tests.house.toy``."""

import asyncio

from runner import app, kinds
from runner.config import Settings
from tests.house.toy import diary
from tests.house.toy.strategy import Titles

kinds.PUSHED = (*kinds.PUSHED, Titles)
kinds.APPLIED = {**kinds.APPLIED, "diary": diary.write}
asyncio.run(app.run(Settings()))
