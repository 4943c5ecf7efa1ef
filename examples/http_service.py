"""HTTP service: the request body knows the policy's facts, the response is the versioned record."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

import closedloop as cl

policy = cl.load_policy("chery_nev")
app = FastAPI()


@app.exception_handler(cl.InvalidComplaint)
def invalid(_: Request, error: Exception) -> JSONResponse:
    """Answer a faulty complaint with everything that is wrong with it."""
    assert isinstance(error, cl.InvalidComplaint)
    return JSONResponse({"problems": [problem.as_dict() for problem in error.problems]}, status_code=422)


@app.post(
    "/decisions",
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": policy.complaint_model().model_json_schema()}}}},
)
async def decide(body: dict[str, Any]) -> cl.Record:
    """Decide a complaint; it takes under a millisecond, so it is called directly."""
    return policy.decide(policy.complaint(body), history=None).record()


# What follows stands in for a server and its client.
client = TestClient(app)
answer = client.post("/decisions", json={"id": "T-1", "received_at": "2026-03-02T16:30:00+08:00", "category": "sales_process"})
print(answer.status_code, answer.json()["format"], [(duty["id"], duty["due"]) for duty in answer.json()["duties"] if duty["due"]])
answer = client.post("/decisions", json={"id": "T-1", "received_at": "2026-03-02T16:30:00", "category": "sales"})
print(answer.status_code, answer.json())
