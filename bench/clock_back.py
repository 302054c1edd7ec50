"""The site as granian runs it, with a clock that was set back by CLOCK_BACK seconds, in this process only."""

import os

import time_machine

from harmreduction.wsgi import application

__all__ = ["application"]
_moment = time_machine.travel(__import__("time").time() - float(os.environ["CLOCK_BACK"]), tick=True)
_moment.start()
