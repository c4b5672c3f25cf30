"""The backend of the sample application: one route that the frontend asks, and two for probes."""

import os

from flask import Flask, jsonify


def create_app() -> Flask:
    """Makes the application. What it answers depends on its environment alone."""
    app = Flask(__name__, static_folder=None)

    @app.get("/api/greeting")
    def greeting():
        return jsonify(greeting=os.environ.get("GREETING", "Hello"), pod=os.environ.get("HOSTNAME", ""))

    # Says that the process answers, and asks nobody else: a database that is away is no
    # reason to restart every pod.
    @app.get("/healthz")
    @app.get("/")
    def healthz():
        return jsonify(status="ok")

    @app.after_request
    def no_cache(response):
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app
