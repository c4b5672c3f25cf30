"""The gaps of moto that this project's estates meet, one file for each service."""

import importlib
import pkgutil
import sys

# Modules that others import from.
BEFORE = ["filler", "tagged", "policy", "organizations", "ram", "privatelink", "transitgateway"]


def read(anew: bool = False) -> None:
    """Fill the gaps; anew after somebody has edited them, while what the emulator holds stays."""
    names = [m.name for m in pkgutil.iter_modules(__path__)]
    # A module after those that it imports from, which may have more in them than before.
    for name in sorted(names, key=lambda n: BEFORE.index(n) if n in BEFORE else len(BEFORE)):
        known = f"{__name__}.{name}" in sys.modules
        module = importlib.import_module(f"{__name__}.{name}")
        if anew and known and name != "filler":
            importlib.reload(module)


read()
