"""Prints one line of JSON a step."""

import json
import sys
import traceback


class Steps:
    """Runs steps in order and ends the process at the first that fails."""

    def run(self, name, action):
        """Runs a step; what the action gives is its result."""
        try:
            result = action()
        except Exception as error:
            self._write(name, {"failure": describe(error)})
            traceback.print_exc()
            sys.exit(1)
        self._write(name, {"result": result})
        return result

    def refused(self, name, action):
        """Runs a step that the service must refuse; the error is its result."""

        def attempt():
            try:
                action()
            except Exception as error:
                return describe(error)
            raise AssertionError("nothing was refused")

        return self.run(name, attempt)

    @staticmethod
    def _write(name, line):
        # The client prints dots while it polls, without an end of line.
        print("\n" + json.dumps({"step": name, **line}), flush=True)


def describe(error):
    """Kind, status, code and message of an error, as a user's except clause sees them."""
    inner = getattr(error, "error", None)
    return {
        "type": type(error).__name__,
        "status": getattr(error, "status_code", None),
        "code": getattr(inner, "code", None),
        "message": getattr(inner, "message", None) or str(error),
        "details": [{"code": detail.code, "message": detail.message} for detail in getattr(inner, "details", None) or []],
    }
