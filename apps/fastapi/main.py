import os

import uvicorn

# One process: in Kubernetes one scales pods. More workers in one pod would share its memory limit and hide a
# dead worker from its probes.
uvicorn.run(
    "hello:app",
    host=os.environ.get("HOST", "0.0.0.0"),
    port=int(os.environ.get("PORT", "8080")),
    # Longer than the 60 s after which most load balancers give up an idle connection, so that they close first.
    timeout_keep_alive=65,
    timeout_graceful_shutdown=10,
    access_log=False,
    headers=[("X-Pod", os.environ.get("HOSTNAME", ""))],
)
