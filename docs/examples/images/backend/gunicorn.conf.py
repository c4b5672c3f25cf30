"""How the backend is served. https://docs.gunicorn.org/en/stable/settings.html"""

bind = "0.0.0.0:8080"

# The pods of the sample have 128 MiB: two processes, and threads for those who wait.
workers = 2
threads = 4

# The root file system is read-only. What a worker tells its parent goes into memory: on a
# volume that is slow, a worker would be taken for dead.
worker_tmp_dir = "/dev/shm"

# A pod has 45 seconds to end, of which it goes on serving for 15.
graceful_timeout = 25

# A load balancer keeps idle connections for 60 seconds, and must not be the last to know.
keepalive = 75

accesslog = "-"
errorlog = "-"
