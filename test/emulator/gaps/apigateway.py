"""Amazon API Gateway, REST APIs."""

import json
from typing import Any

from moto.apigateway.models import DomainName, Integration, RestAPI, UsagePlan
from moto.apigateway.responses import APIGatewayResponse

from .filler import instead_of


@instead_of(APIGatewayResponse, "put_integration")
def _(moto: Any, self: Any) -> Any:
    """moto forgets by which VPC link an integration is reached, which has to be there.
    https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html
    """
    link = self._get_param("connectionId")
    if link:
        self.backend.get_vpc_link(link)
    status, headers, _ = moto(self)
    _, _, api, _, resource, _, method, *_ = self.path.split("/")
    integration = self.backend.get_integration(api, resource, method)
    integration.connection_id = link
    return status, headers, json.dumps(integration.to_json())


@instead_of(Integration, "to_json")
def _(moto: Any, self: Integration) -> dict[str, Any]:
    return {**moto(self), "connectionId": getattr(self, "connection_id", None)}


@instead_of(RestAPI, "apply_patch_operations")
def _(moto: Any, self: RestAPI, operations: list[dict[str, Any]]) -> None:
    """moto takes every value for true, knows no endpoints of private APIs, and keeps a policy that is taken away.
    https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
    """
    others = []
    for operation in operations:
        path, value = operation["path"], operation.get("value")
        if path == "/disableExecuteApiEndpoint":
            self.disableExecuteApiEndpoint = value == "true"
        elif path == "/policy":
            self.policy = value or None
        elif path.startswith("/endpointConfiguration/vpcEndpointIds"):
            endpoints = self.endpoint_configuration.setdefault("vpcEndpointIds", [])
            (endpoints.append if operation["op"] == "add" else endpoints.remove)(value)
        else:
            others.append(operation)
    moto(self, others)


@instead_of(RestAPI, "to_dict")
def _(moto: Any, self: RestAPI) -> dict[str, Any]:
    """A policy is told with its quotation marks escaped: https://docs.aws.amazon.com/apigateway/latest/api/API_RestApi.html"""
    return {**moto(self), "policy": json.dumps(self.policy)[1:-1] if self.policy else None}


@instead_of(APIGatewayResponse, "create_domain_name")
def _(moto: Any, self: Any) -> Any:
    """moto forgets which authorities a client's certificate is of.
    https://docs.aws.amazon.com/apigateway/latest/api/API_MutualTlsAuthenticationInput.html
    """
    status, headers, _ = moto(self)
    domain = self.backend.get_domain_name(self._get_param("domainName"))
    domain.mutual_tls = self._get_param("mutualTlsAuthentication")
    return status, headers, json.dumps(domain.to_json())


@instead_of(DomainName, "to_json")
def _(moto: Any, self: DomainName) -> dict[str, Any]:
    mutual = getattr(self, "mutual_tls", None)
    return {**moto(self), **({"mutualTlsAuthentication": mutual} if mutual else {})}


@instead_of(UsagePlan, "apply_patch_operations")
def _(moto: Any, self: UsagePlan, operations: list[dict[str, Any]]) -> None:
    """The values of a patch are strings, those of a quota numbers. moto leaves them as they come.
    https://docs.aws.amazon.com/apigateway/latest/api/API_QuotaSettings.html
    """
    moto(self, operations)
    self.quota.update({k: int(v) for k, v in self.quota.items() if k != "period"})
