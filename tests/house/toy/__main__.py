"""A runner that knows the toy's kind beside its own: ``python -m tests.house.toy``."""

import asyncio

from runner import app, kinds
from runner.config import Settings
from tests.house.toy.strategy import Titles

kinds.PUSHED = (*kinds.PUSHED, Titles)
asyncio.run(app.run(Settings()))
