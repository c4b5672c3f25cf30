package httpapi

import (
	"errors"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayv2apimapping"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayv2domainname"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayv2stage"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53record"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/certificate"
	"hubspoke/internal/tf"
)

// Domain is a domain of an API's own.
type Domain struct {
	// Name is the domain: `api.example.com`.
	Name string
	// ZoneProvider acts in the account of the public hosted zone ZoneID that it lies in.
	ZoneProvider cdktf.TerraformProvider
	ZoneID       *string
	// Truststore is the object of S3 with the certificates of authorities whose certificates callers have: `s3://acme-trust/authorities.pem`. Default: callers need none.
	Truststore string
	// TruststoreVersion is the object's version. Default: the one that is there when the domain is made.
	TruststoreVersion string
}

func (d *Domain) check() error {
	if d != nil && (d.Name == "" || d.ZoneProvider == nil || d.ZoneID == nil) {
		return errors.New("want a domain, and the public zone that it lies in")
	}
	return nil
}

// domain makes the domain `aws_apigatewayv2_domain_name.<id>` lead to the API, with a
// certificate and a record in the zone.
//
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-custom-domain-names.html
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mutual-tls.html
func (m *made) domain(stage apigatewayv2stage.Apigatewayv2Stage) error {
	d := m.Domain
	issued, err := certificate.New(m.scope, m.id, certificate.Config{Name: m.Name, Domain: d.Name, ZoneProvider: d.ZoneProvider, ZoneID: d.ZoneID})
	if err != nil {
		return err
	}
	arguments := &apigatewayv2domainname.Apigatewayv2DomainNameConfig{
		DomainName: tf.String(d.Name),
		DomainNameConfiguration: &apigatewayv2domainname.Apigatewayv2DomainNameDomainNameConfiguration{
			CertificateArn: issued.ARN, EndpointType: tf.String("REGIONAL"), SecurityPolicy: tf.String("TLS_1_2"),
		},
		Tags: tf.Tags(m.Name),
	}
	if d.Truststore != "" {
		arguments.MutualTlsAuthentication = &apigatewayv2domainname.Apigatewayv2DomainNameMutualTlsAuthentication{
			TruststoreUri: tf.String(d.Truststore), TruststoreVersion: tf.String(d.TruststoreVersion),
		}
	}
	domain := tf.Named(m.id, apigatewayv2domainname.NewApigatewayv2DomainName(m.scope, tf.ID("aws_apigatewayv2_domain_name", m.id), arguments))
	tf.Named(m.id, apigatewayv2apimapping.NewApigatewayv2ApiMapping(m.scope, tf.ID("aws_apigatewayv2_api_mapping", m.id), &apigatewayv2apimapping.Apigatewayv2ApiMappingConfig{
		ApiId: m.api.Id(), DomainName: domain.Id(), Stage: stage.Id(),
	}))
	regional := domain.DomainNameConfiguration()
	tf.Named(m.id, route53record.NewRoute53Record(m.scope, tf.ID("aws_route53_record", m.id), &route53record.Route53RecordConfig{
		Provider: d.ZoneProvider,
		ZoneId:   d.ZoneID,
		Name:     tf.String(d.Name),
		Type:     tf.String("A"),
		Alias: &route53record.Route53RecordAlias{
			Name: regional.TargetDomainName(), ZoneId: regional.HostedZoneId(), EvaluateTargetHealth: false,
		},
	}))
	return nil
}
