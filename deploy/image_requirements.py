"""What the image is bootstrapped with, from uv.lock: each package with the hashes that pip must find."""

import tomllib
from pathlib import Path

_LOCK = Path(__file__).parents[1] / "uv.lock"
_GROUP = "image"


def image_requirements() -> str:
    """A requirements file for `pip install --require-hashes`.

    Raises:
        ValueError: a package of the group needs others, which would have to be listed too.
    """
    packages = {package["name"]: package for package in tomllib.loads(_LOCK.read_text(encoding="utf-8"))["package"]}
    names = [wanted["name"] for wanted in packages["newsweir"]["dev-dependencies"][_GROUP]]
    return "# Made from uv.lock by `python -m deploy.generate`.\n" + "".join(_line(packages[name]) for name in names)


def _line(package: dict[str, object]) -> str:
    if package.get("dependencies"):
        raise ValueError(f"{package['name']} needs other packages: the image's bootstrap takes none that does")
    files = [package.get("sdist"), *package.get("wheels", [])]  # type: ignore[misc]  # as uv writes it
    hashes = sorted({file["hash"] for file in files if file})
    return f"{package['name']}=={package['version']}" + "".join(f" \\\n    --hash={digest}" for digest in hashes) + "\n"
