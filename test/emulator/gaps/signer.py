"""AWS Signer."""

from typing import Any

from moto.signer.models import SignerBackend

from .filler import Failure, instead_of

# The platform for images, which moto does not have: https://docs.aws.amazon.com/signer/latest/developerguide/signing-profiles.html
IMAGES = {
    "platformId": "Notation-OCI-SHA384-ECDSA", "displayName": "Notation for container registries", "partner": "AWSNotation", "target": "SHA384-ECDSA", "category": "AWS",
    "signingConfiguration": {
        "encryptionAlgorithmOptions": {"allowedValues": ["ECDSA"], "defaultValue": "ECDSA"}, "hashAlgorithmOptions": {"allowedValues": ["SHA384"], "defaultValue": "SHA384"},
    },
    "signingImageFormat": {"supportedFormats": ["JSONDetached"], "defaultFormat": "JSONDetached"}, "revocationSupported": True,
}

SignerBackend.platforms = [*(p for p in SignerBackend.platforms if p["platformId"] != IMAGES["platformId"]), IMAGES]


@instead_of(SignerBackend, "put_signing_profile")
def _(moto: Any, self: SignerBackend, *arguments: Any, platform_id: str, **named: Any) -> Any:
    """A profile is of a platform that there is. https://docs.aws.amazon.com/signer/latest/api/API_PutSigningProfile.html"""
    if platform_id not in [p["platformId"] for p in self.platforms]:
        raise Failure("ResourceNotFoundException", f"Signing platform {platform_id} does not exist")
    return moto(self, *arguments, platform_id=platform_id, **named)


@instead_of(SignerBackend, "get_signing_profile")
def _(moto: Any, self: SignerBackend, profile_name: str) -> Any:
    """https://docs.aws.amazon.com/signer/latest/api/API_GetSigningProfile.html"""
    if profile_name not in self.signing_profiles:
        raise Failure("ResourceNotFoundException", f"Signing profile {profile_name} does not exist")
    return moto(self, profile_name)
