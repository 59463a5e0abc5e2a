"""Secret: where a password, key or private address is kept. Configuration files name it, and never hold it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, SecretStr, model_validator

MOST_BYTES = 64 * 1024


class SecretError(ValueError):
    """A secret that is not where the configuration says; the message names the place, never the content."""


class Secret(BaseModel):
    """``{ env = "NAME" }`` or ``{ file = "PATH" }``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: str | None = None
    file: Path | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError('give one of { env = "NAME" } and { file = "PATH" }')
        return self

    def read(self, environment: Mapping[str, str] | None = None) -> SecretStr:
        """The secret, without white space around it.

        Raises:
            SecretError: the variable is not set, the file cannot be read, or it is empty.
        """
        if self.env is not None:
            value = (os.environ if environment is None else environment).get(self.env, "")
            where = f"the variable {self.env}"
        else:
            where = f"the file {self.file}"
            try:
                value = (self.file or Path()).read_bytes()[:MOST_BYTES].decode("utf-8")
            except OSError as error:
                raise SecretError(f"{where} cannot be read ({error.strerror})") from None
            except UnicodeDecodeError:
                raise SecretError(f"{where} is no text in UTF-8") from None
        if not value.strip():
            raise SecretError(f"{where} is not set or empty")
        return SecretStr(value.strip())
