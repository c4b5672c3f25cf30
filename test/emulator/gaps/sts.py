"""AWS STS: who may assume a role."""

import base64
import json
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from .filler import Failure, Filler
from .policy import admits


class STS(Filler):
    service = "sts"

    def assume_role(self) -> dict[str, Any]:
        """moto lets everybody assume every role, also one that is not there. AWS asks the role's trust policy:
        https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
        """
        caller = principal(self.current_account, self.access_key)
        context = {"aws:PrincipalArn": caller, "aws:PrincipalAccount": self.current_account,
                   "sts:ExternalId": self.params.get("ExternalId"), "sts:RoleSessionName": self.params["RoleSessionName"]}
        role = self._trusting("AWS", {caller, root(self.current_account), self.current_account, "*"}, "sts:AssumeRole", context)
        return self._session(role)

    def assume_role_with_web_identity(self) -> dict[str, Any]:
        """moto asks for no token. AWS wants an identity provider of the role's account, and what the trust policy says of the
        token. Its signature is not looked at: there is no issuer here.
        https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
        """
        try:
            claims = claimed(self.params["WebIdentityToken"])
        except (ValueError, IndexError):
            raise Failure("InvalidIdentityToken", "The token is no JSON Web Token") from None
        issuer = claims["iss"].removeprefix("https://")
        account = self.params["RoleArn"].split(":")[4]
        provider = f"arn:aws:iam::{account}:oidc-provider/{issuer}"
        known = iam_backends[account]["aws"].open_id_providers
        if provider not in known or claims["aud"] not in known[provider].client_id_list:
            raise Failure("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for https://{issuer}")
        context = {f"{issuer}:{claim}": value for claim, value in claims.items()}
        return self._session(self._trusting("Federated", {provider}, "sts:AssumeRoleWithWebIdentity", context))

    def _trusting(self, kind: str, callers: set[str], action: str, context: dict[str, Any]) -> Any:
        """The role of the request, if its trust policy admits one of these callers."""
        arn = self.params["RoleArn"]
        denied = Failure("AccessDenied", f"User: {context.get('aws:PrincipalArn', 'a workflow')} is not authorized to perform: {action} on resource: {arn}")
        account, _, path = arn.removeprefix("arn:aws:iam::").partition(":role/")
        role = next((r for r in iam_backends[account]["aws"].roles.values() if r.arn == arn), None)
        if role is None:
            raise denied
        if not admits(json.loads(role.assume_role_policy_document), kind, callers, action, context):
            raise denied
        return role

    def _session(self, role: Any) -> dict[str, Any]:
        account = role.arn.split(":")[4]
        session = sts_backends[account]["aws"].assume_role(
            region_name=self.region, role_session_name=self.params["RoleSessionName"], role_arn=role.arn,
            policy=self.params.get("Policy"), duration=int(self.params.get("DurationSeconds", 3600)), external_id=self.params.get("ExternalId"),
        )
        return {"Credentials": session, "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn}}


def claimed(token: str) -> dict[str, Any]:
    """What a JSON Web Token claims: https://www.rfc-editor.org/rfc/rfc7519"""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def root(account: str) -> str:
    return f"arn:aws:iam::{account}:root"


def principal(account: str, access_key: str) -> str:
    """The ARN that aws:PrincipalArn has: of the user, or of the role itself, not of its session.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    key = iam_backends[account]["aws"].access_keys[access_key]
    return key.role_arn or f"arn:aws:iam::{account}:user/{key.user_name}"
