"""Paths into nested dictionaries, lists and objects."""

import re


def _keys(path):
    if not isinstance(path, str):
        return list(path)
    return [int(key) if key.isdigit() else key for key in re.findall(r"[^.\[\]]+", path)]


def get(obj, path, default=None):
    for key in _keys(path):
        if isinstance(obj, dict):
            if key not in obj:
                return default
            obj = obj[key]
        elif isinstance(obj, (list, tuple)):
            if not isinstance(key, int) or key >= len(obj):
                return default
            obj = obj[key]
        elif hasattr(obj, str(key)):
            obj = getattr(obj, str(key))
        else:
            return default
    return obj


def omit(obj, *properties):
    left_out = set()
    for entry in properties:
        left_out.update([entry] if isinstance(entry, str) else entry)
    return {key: value for key, value in obj.items() if key not in left_out}


def set_(obj, path, value):
    keys = _keys(path)
    place = obj
    for key in keys[:-1]:
        place = place.setdefault(key, {})
    place[keys[-1]] = value
    return obj
