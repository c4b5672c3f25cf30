"""What the frontend and the probes rely on. `python -m unittest` runs it, with Flask alone."""

import os
import unittest
from unittest import mock

from app import create_app


class Backend(unittest.TestCase):
    def setUp(self):
        self.client = create_app().test_client()

    def test_it_greets(self):
        with mock.patch.dict(os.environ, {"GREETING": "Good day", "HOSTNAME": "backend-1"}):
            answer = self.client.get("/api/greeting")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.get_json(), {"greeting": "Good day", "pod": "backend-1"})
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_probes_are_answered(self):
        for path in ("/", "/healthz"):
            answer = self.client.get(path)
            self.assertEqual((path, answer.status_code, answer.get_json()), (path, 200, {"status": "ok"}))

    def test_nothing_else_is(self):
        self.assertEqual(self.client.get("/static/app.py").status_code, 404)
        self.assertEqual(self.client.post("/api/greeting").status_code, 405)


if __name__ == "__main__":
    unittest.main()
