"""Asks the site whether it is well: ``python script/_health.py PATH [HOST]``; exit status 0 or 1.

Used by the health checks of docker-compose.yml, as the image has no curl. The site answers to
its own name alone, so that name goes into the request.
"""

from __future__ import annotations

import http.client
import os
import sys


def main(path: str, host: str = "127.0.0.1") -> int:
    name = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".*")
    connection = http.client.HTTPConnection(host, 8000, timeout=4)
    try:
        connection.request("GET", path, headers={"Host": name or "localhost"})
        status = connection.getresponse().status
    except OSError as problem:
        print(f"{path}: {problem}", file=sys.stderr)
        return 1
    print(f"{path}: {status}", file=sys.stderr)
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
