"""Flower looks for its configuration in the folder it is started in; ours is a part of the program."""

from workers.flowerconfig import *  # noqa: F403
