"""Elastic Load Balancing."""

from typing import Any

from moto.elbv2.responses import ELBV2Response

from .filler import instead_of


@instead_of(ELBV2Response, "set_security_groups")
def _(moto: Any, self: Any) -> Any:
    """moto forgets whether a network load balancer's groups hold for what comes by PrivateLink.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSecurityGroups.html
    """
    answer = moto(self)
    balancer = self.elbv2_backend.load_balancers[self._get_param("LoadBalancerArn")]
    balancer.enforce_security_group_inbound_rules_on_private_link_traffic = self._get_param("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
    return answer
