"""Says which methods of fillers are no operation of AWS, as botocore knows the service: nobody would ever ask for them."""

import sys

from moto.core.utils import camelcase_to_underscores, get_service_model

import gaps  # noqa: F401
from gaps.filler import Filler, fillers

wrong = []
for filler in fillers.values():
    operations = {camelcase_to_underscores(o) for o in get_service_model(filler.service).operation_names}
    for name in dir(filler):
        if not name.startswith("_") and not hasattr(Filler, name) and callable(getattr(filler, name)) and name not in operations:
            wrong.append(f"{filler.__name__}.{name}")
print("\n".join(wrong))
sys.exit(bool(wrong))
