"""A Docker daemon, and the image built by it."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.deploy.chart import Render, rendered
from tests.deploy.helm import helm_by_go

ROOT = Path(__file__).parents[2]
_BUILD_LIMIT_S = 900


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
            path, missing = helm_by_go()
        if path is None and name in required:
            pytest.fail(missing)
        if path is None:
            pytest.skip(missing)
        return path

    return found


@pytest.fixture(scope="module")
def render(tool: Callable[[str], str]) -> Render:
    """Renders the chart with some values."""
    helm = tool("helm")
    return lambda values, *options: rendered(helm, values, *options)
