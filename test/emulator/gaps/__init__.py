"""The gaps of moto that this project's estates meet, one file for each service."""

import importlib
import pkgutil

# Modules that others import from.
BEFORE = ["filler", "policy", "organizations", "ram", "privatelink", "transitgateway"]


def read(anew: bool = False) -> None:
    """Fill the gaps; anew after somebody has edited them, while what the emulator holds stays."""
    modules = [importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
    # A module after those that it imports from.
    for module in sorted(modules, key=lambda m: BEFORE.index(m.__name__.rpartition(".")[2]) if m.__name__.rpartition(".")[2] in BEFORE else len(BEFORE)):
        if anew and not module.__name__.endswith(".filler"):
            importlib.reload(module)


read()
