"""Build hook: compiles the pure rooms into the wheel, when asked by ``HATCH_BUILD_HOOK_ENABLE_CUSTOM=1``.

What is compiled stands in ``pyproject.toml`` under ``tool.hatch.build.targets.wheel.hooks.custom``. The sources are in
the wheel as ever; each module gets its compiled twin beside it, which Python prefers. Everything is built in a copy:
a compiled module beside a source that is being edited would hide the edits.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_SETUP = """\
from mypyc.build import mypycify
from setuptools import setup

setup(name="rooms", packages=[], ext_modules=mypycify({paths!r}, separate={groups!r}, opt_level="2", debug_level="0"))
"""
# The types were checked before; here mypy only has to know them.
_MYPY = ("--ignore-missing-imports", "--follow-imports=silent")


class CompiledRooms(BuildHookInterface[Any]):
    """One shared library a room, and a stub a module that finds itself in it."""

    _folder: Path | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and have the wheel include what came of it. An editable install stays pure."""
        if version == "editable":
            return
        self._folder = folder = Path(tempfile.mkdtemp(prefix="tocsin-rooms-"))
        shutil.copytree(Path(self.root, "streams"), folder / "streams", ignore=shutil.ignore_patterns("data", "*.pyc"))
        groups = [(self._modules(room, folder), f"streams_{room}") for room in self.config["rooms"]]
        paths = [*_MYPY, *(path for group, _ in groups for path in group)]
        (folder / "setup.py").write_text(_SETUP.format(paths=paths, groups=groups), encoding="utf-8")
        command = [sys.executable, "setup.py", "build_ext", "--inplace", "--parallel", str(os.cpu_count() or 1)]
        done = subprocess.run(  # noqa: S603 - our own command
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        if done.returncode:
            raise RuntimeError(f"the rooms could not be compiled:\n{done.stdout.decode(errors='replace')[-4000:]}")
        for library in folder.rglob(f"*{EXTENSION_SUFFIXES[0]}"):
            inside = library.relative_to(folder)
            if inside.parts[0] != "build":
                build_data["force_include"][str(library)] = inside.as_posix()
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the copy: the wheel is written."""
        del version, build_data, artifact_path
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _modules(self, room: str, folder: Path) -> list[str]:
        found = (path.relative_to(folder).as_posix() for path in sorted(folder.glob(f"streams/{room}/*.py")))
        return [path for path in found if not path.endswith("__init__.py") and path not in self.config["interpreted"]]
