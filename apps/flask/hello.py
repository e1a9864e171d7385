import os
import time

from flask import Flask, request

pod = os.environ.get("HOSTNAME", "")
default_delay_seconds = float(os.environ.get("HELLO_REST_REQUEST_DELAY", "0"))

app = Flask(__name__)


@app.after_request
def name_pod(response):
    response.headers["X-Pod"] = pod
    return response


@app.get("/health")
def health():
    return "ok", {"Content-Type": "text/plain"}


@app.route("/", methods=["GET", "POST"])
def hello():
    request.get_data()
    delay_seconds = request.args.get("delay", default_delay_seconds, type=float)
    if delay_seconds > 0:
        time.sleep(delay_seconds)
    return "Hello World!\n", {"Content-Type": "text/plain"}
