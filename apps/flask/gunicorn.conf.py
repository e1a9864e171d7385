import os

bind = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '8080')}"

# In Kubernetes one scales pods. More workers in one pod would share its memory limit and hide a dead worker
# from its probes.
workers = 1

graceful_timeout = 10

# The heartbeat of a worker blocks when its file is on a slow disk:
# https://docs.gunicorn.org/en/stable/faq.html#how-do-i-avoid-gunicorn-excessively-blocking-in-os-fchmod
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None

# It would be made in the home directory, which a container often cannot write to.
control_socket_disable = True
