"""The gaps of moto that this project's estates meet, one file for each service."""

import importlib
import pkgutil


def read(anew: bool = False) -> None:
    """Fill the gaps; anew after somebody has edited them, while what the emulator holds stays."""
    for module in pkgutil.iter_modules(__path__):
        filled = importlib.import_module(f"{__name__}.{module.name}")
        if anew and module.name != "filler":
            importlib.reload(filled)


read()
