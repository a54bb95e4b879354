"""Stands in for pydash, which Debian does not package: the three functions that azure.ai.ml uses of it."""

from . import objects
from .objects import get, omit

__all__ = ["get", "objects", "omit"]
