"""Writes what became of each task on each host, one JSON object a line, to the file named by PATCHBOARD_EVENTS.

Ansible itself brings no machine-readable output that is complete while a run still goes on; after a time-out the
results so far must be known.
"""

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: patchboard_events
    type: notification
    short_description: one JSON object for each result
    description: One JSON object for each task's result on a host, as soon as it is known.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "patchboard_events"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._events = open(os.environ["PATCHBOARD_EVENTS"], "a", encoding="utf-8")

    def _write(self, outcome, result):
        self._events.write(
            '{"host": %s, "task": %s, "outcome": "%s", "result": %s}\n'
            % (
                json.dumps(result._host.get_name()),
                json.dumps(result._task.name),
                outcome,
                self._dump_results(result._result, indent=None),
            )
        )
        self._events.flush()

    def v2_runner_on_ok(self, result):
        self._write("OK", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._write("FAILED", result)

    def v2_runner_on_unreachable(self, result):
        self._write("UNREACHABLE", result)
