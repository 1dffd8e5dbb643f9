"""What `/metrics` tells, in Prometheus' format."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("plaudit_requests", "Requests, by what became of them", ["platform", "name", "outcome"])
REQUEST_SECONDS = Histogram(
    "plaudit_request_seconds",
    "Time from a request's arrival to its answer",
    ["platform", "name"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5),
)
SENDS = Counter("plaudit_sends", "Messages handed to a platform, by what became of them", ["platform", "outcome"])
OUTBOX_PENDING = Gauge("plaudit_outbox_pending", "Messages that wait to be sent or edited")
