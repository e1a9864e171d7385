import asyncio
import os
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import PlainTextResponse

default_delay_seconds = float(os.environ.get("HELLO_REST_REQUEST_DELAY", "0"))

# Without a description of the API there are no pages that show it either.
app = FastAPI(openapi_url=None, default_response_class=PlainTextResponse)


@app.get("/health")
async def health():
    return "ok"


@app.api_route("/", methods=["GET", "POST"])
async def hello(request: Request, delay: Annotated[float, Query(ge=0)] = default_delay_seconds):
    await request.body()
    if delay > 0:
        await asyncio.sleep(delay)
    return "Hello World!\n"
