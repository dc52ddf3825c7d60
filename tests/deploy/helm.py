"""Helm, built by go where the machine has none; `python -m tests.deploy.helm` does so beforehand."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
_VERSION = "v3.18.6"
# Two or three minutes on two cores; less than the time a test of the chart is given.
_LIMIT_S = 400


@cache
def helm_by_go() -> tuple[str | None, str]:
    """The helm of this checkout, built where it is not there yet, in a minute or two; else why there is none."""
    helm = ROOT / ".venv" / "tools" / f"helm-{_VERSION}" / "helm"
    if helm.exists():
        return str(helm), ""
    if shutil.which("go") is None:
        return None, "helm is not on the PATH, and neither is go, which would build it"
    told = [f"GOBIN={helm.parent}", "GOFLAGS=-buildvcs=false"]
    command = ["env", *told, "go", "install", f"helm.sh/helm/v3/cmd/helm@{_VERSION}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_S)
    except subprocess.TimeoutExpired:
        return None, f"go did not build helm {_VERSION} in {_LIMIT_S} s"
    failed = done.returncode or not helm.exists()
    return (None, f"go could not build helm {_VERSION}: {done.stderr[-500:]}") if failed else (str(helm), "")


if __name__ == "__main__":
    path, missing = helm_by_go()
    sys.stdout.write(f"{path or missing}\n")
