"""A Docker daemon, and the image built by it."""

import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.deploy.chart import Render, rendered

ROOT = Path(__file__).parents[2]
_BUILD_LIMIT_S = 900
_HELM = "v3.18.6"
# Two or three minutes on two cores; less than the time a test of the chart is given.
_HELM_LIMIT_S = 400


def docker(*arguments: str, check: bool = True) -> str:
    """What a docker command prints."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=_BUILD_LIMIT_S)
    assert not check or done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr[-2000:]}"
    return done.stdout.strip()


@pytest.fixture(scope="session")
def daemon(request: pytest.FixtureRequest) -> None:
    """A Docker daemon that answers; skipped where there is none, unless --require-docker."""
    missing = "docker is not on the PATH" if shutil.which("docker") is None else None
    if missing is None and subprocess.run(["docker", "info"], capture_output=True).returncode:
        missing = "no Docker daemon answers"
    if missing and request.config.getoption("--require-docker"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


@pytest.fixture(scope="session")
def image(daemon: None) -> str:
    """The image of this checkout, built on a Debian of this machine, so that no registry of images is needed."""
    base = subprocess.run([ROOT / "deploy" / "local-base"], capture_output=True, text=True, timeout=_BUILD_LIMIT_S)
    assert base.returncode == 0, base.stderr
    name = "newsweir:test"
    docker(
        "build", "--network", "host", "--build-arg", f"PYTHON_IMAGE={base.stdout.strip()}",
        "-f", str(ROOT / "deploy" / "Dockerfile"), "-t", name, str(ROOT),
    )  # fmt: skip
    return name


@pytest.fixture(scope="session")
def tool(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Finds a program; a test is skipped where it is missing, or fails where --require-deploy-tools names it.

    helm is built by go where only that is there: no distribution has it.
    """
    required = request.config.getoption("--require-deploy-tools").split(",")

    def found(name: str) -> str:
        path, missing = shutil.which(name), f"{name} is not on the PATH"
        if path is None and name == "helm":
            path, missing = _helm_by_go()
        if path is None and name in required:
            pytest.fail(missing)
        if path is None:
            pytest.skip(missing)
        return path

    return found


@cache
def _helm_by_go() -> tuple[str | None, str]:
    """The helm of this checkout, built where it is not there yet, in a minute or two; else why there is none."""
    helm = ROOT / ".venv" / "tools" / f"helm-{_HELM}" / "helm"
    if helm.exists():
        return str(helm), ""
    if shutil.which("go") is None:
        return None, "helm is not on the PATH, and neither is go, which would build it"
    told = [f"GOBIN={helm.parent}", "GOFLAGS=-buildvcs=false"]
    command = ["env", *told, "go", "install", f"helm.sh/helm/v3/cmd/helm@{_HELM}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_HELM_LIMIT_S)
    except subprocess.TimeoutExpired:
        return None, f"go did not build helm {_HELM} in {_HELM_LIMIT_S} s"
    failed = done.returncode or not helm.exists()
    return (None, f"go could not build helm {_HELM}: {done.stderr[-500:]}") if failed else (str(helm), "")


@pytest.fixture(scope="module")
def render(tool: Callable[[str], str]) -> Render:
    """Renders the chart with some values."""
    helm = tool("helm")
    return lambda values, *options: rendered(helm, values, *options)
