"""Build a second virtual environment in which the pure rooms run compiled: build/native.

    native.py

The wheel that an image gets is built and installed there; all that it depends on comes from the environment for
development. The work tree stays pure: no compiled module ever lies beside a source that is edited. When the sources
have changed since, every start in build/native refuses and says so.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
HOME: Final = ROOT / "build" / "native"
PYTHON: Final = HOME / "bin" / "python"
_STAMP: Final = HOME / "built-from"
_INPUTS: Final = ("pyproject.toml", "hatch_build.py", "scripts/native.py")
_FRESH: Final = """\
# Written by scripts/native.py: ends a start on sources that have changed since they were compiled.
import os, runpy, sys
native = runpy.run_path({script!r}, run_name="native")
if not native["is_fresh"]():
    sys.stderr.write("build/native was compiled from other sources: run `make native`, or use .venv\\n")
    os._exit(70)
"""


def digest() -> str:
    """A hash of all that the wheel is made of."""
    found = hashlib.sha256()
    files = [ROOT / name for name in _INPUTS]
    files += sorted(path for path in (ROOT / "streams").rglob("*") if path.is_file() and path.suffix != ".pyc")
    for path in files:
        found.update(f"{path.relative_to(ROOT)}\n".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def is_fresh() -> bool:
    """True while the environment has what the work tree has."""
    return _STAMP.is_file() and _STAMP.read_text(encoding="utf-8") == digest()


def compiler() -> str | None:
    """The C compiler that Python's own build settings name; None where there is none."""
    named = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    return shutil.which(named.split()[0]) or shutil.which("cc")


def build() -> None:
    """Build the wheel, and make the environment anew with it in.

    Raises:
        subprocess.CalledProcessError: a step failed; it has said why.
    """
    made_from = digest()
    shutil.rmtree(HOME, ignore_errors=True)
    venv.create(HOME, with_pip=False)
    wheels = HOME / "wheel"
    environment = os.environ | {"HATCH_BUILD_HOOK_ENABLE_CUSTOM": "1"}
    _run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(wheels)], environment)
    (wheel,) = wheels.glob("*.whl")
    _run(
        [
            sys.executable,
            "-m",
            "uv",
            "pip",
            "install",
            "--quiet",
            "--offline",
            "--no-deps",
            "--python",
            str(PYTHON),
            str(wheel),
        ]
    )
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    packages = HOME / "lib" / version / "site-packages"
    (packages / "_tocsin_fresh.py").write_text(_FRESH.format(script=str(Path(__file__).resolve())), encoding="utf-8")
    # What is named here comes after the wheel: the libraries, and the work tree for its tests alone.
    lines = (sysconfig.get_path("purelib"), str(ROOT), "import _tocsin_fresh")
    (packages / "tocsin-native.pth").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    _STAMP.write_text(made_from, encoding="utf-8")


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own


def main() -> int:
    """Build where there is need, and say what came of it."""
    if not is_fresh():
        if compiler() is None:
            print("no C compiler found: nothing is compiled, and all runs pure as ever", file=sys.stderr)
            return 1
        try:
            build()
        except subprocess.CalledProcessError as error:
            print(f"build/native was not built: {error}", file=sys.stderr)
            return 1
    print("build/native is up to date: build/native/bin/tocsin runs compiled, .venv/bin/tocsin pure.")
    print("It refuses to start once a source has changed; `make native` builds anew, `make clean` removes it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
