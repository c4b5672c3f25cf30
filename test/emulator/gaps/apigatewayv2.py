"""Amazon API Gateway, HTTP APIs."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from moto.apigatewayv2.models import DomainName
from moto.apigatewayv2.responses import ApiGatewayV2Response
from moto.core.utils import camelcase_to_underscores

from .filler import instead_of

# The hosted zones of regional domain names: https://docs.aws.amazon.com/general/latest/gr/apigateway.html
REGIONAL_ZONE = "Z2FDTNDATAQYW2"


@instead_of(DomainName, "__init__")
def _(moto: Any, self: DomainName, domain_name: str, domain_name_configurations: list[dict[str, Any]], **named: Any) -> None:
    """A domain name has a status, and the name and zone that its records lead to. moto has neither. The zone is made up.
    https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames-domainname.html
    """
    region = named["backend"].region_name
    configured = [{
        "apiGatewayDomainName": f"d-{abs(hash(domain_name)) % 10**10}.execute-api.{region}.amazonaws.com", "hostedZoneId": REGIONAL_ZONE,
        "domainNameStatus": "AVAILABLE", "ipAddressType": "ipv4", **configuration,
    } for configuration in domain_name_configurations]
    moto(self, domain_name=domain_name, domain_name_configurations=configured, **named)


@instead_of(DomainName, "to_json")
def _(moto: Any, self: DomainName) -> dict[str, Any]:
    """A name that asks callers for no certificate has no mutual TLS; moto's has an empty one.
    https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames-domainname.html
    """
    said = moto(self)
    if not said.get("mutualTlsAuthentication"):
        said.pop("mutualTlsAuthentication", None)
    return said


@instead_of(ApiGatewayV2Response, "update_stage")
def _(_: None, self: ApiGatewayV2Response) -> tuple[int, dict[str, str], str]:
    """What is named becomes what is said; moto updates no stage.
    https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html
    """
    api, _, name = self.path.rpartition("/v2/apis/")[2].partition("/stages/")
    stage = self.apigatewayv2_backend.get_stage(api, unquote(name))
    for key, value in json.loads(self.body).items():
        setattr(stage, camelcase_to_underscores(key), value)
    stage.updated = datetime.now()
    return 200, {}, json.dumps(stage.to_json())
