package eks

import (
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamopenidconnectprovider"

	"hubspoke/internal/tf"
)

// Provider is the ARN of the identity provider `aws_iam_openid_connect_provider.<id>`,
// by which IAM trusts the cluster's service accounts. IRSA needs it; a cluster in
// which nothing asks for it has none. It says nothing about which service account
// gets which role.
//
// IAM checks the issuer's certificate by its own list of authorities and needs no
// thumbprint.
// https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html
func (c *Cluster) Provider() *string {
	if c.provider == nil {
		c.provider = tf.Named(c.id, iamopenidconnectprovider.NewIamOpenidConnectProvider(c.scope, tf.ID("aws_iam_openid_connect_provider", c.id), &iamopenidconnectprovider.IamOpenidConnectProviderConfig{
			Url:          c.IssuerURL,
			ClientIdList: tf.Strings("sts.amazonaws.com"),
			Tags:         tf.Tags(c.Config.Name),
		})).Arn()
	}
	return c.provider
}
