package restapi

import (
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewaybasepathmapping"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewaydomainname"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewaystage"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53record"

	"hubspoke/constructs/certificate"
	"hubspoke/internal/tf"
)

// domain makes the domain `aws_api_gateway_domain_name.<id>` lead to the stage, with a
// certificate and a record in the zone.
//
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains.html
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html
func (m *made) domain(stage apigatewaystage.ApiGatewayStage) error {
	d := m.Domain
	issued, err := certificate.New(m.scope, m.id, certificate.Config{Name: m.Name, Domain: d.Name, ZoneProvider: d.ZoneProvider, ZoneID: d.ZoneID})
	if err != nil {
		return err
	}
	arguments := &apigatewaydomainname.ApiGatewayDomainNameConfig{
		DomainName:             tf.String(d.Name),
		RegionalCertificateArn: issued.ARN,
		SecurityPolicy:         tf.String("TLS_1_2"),
		EndpointConfiguration:  &apigatewaydomainname.ApiGatewayDomainNameEndpointConfiguration{Types: tf.Strings("REGIONAL")},
		Tags:                   tf.Tags(m.Name),
	}
	if d.Truststore != "" {
		arguments.MutualTlsAuthentication = &apigatewaydomainname.ApiGatewayDomainNameMutualTlsAuthentication{
			TruststoreUri: tf.String(d.Truststore), TruststoreVersion: tf.String(d.TruststoreVersion),
		}
	}
	domain := tf.Named(m.id, apigatewaydomainname.NewApiGatewayDomainName(m.scope, tf.ID("aws_api_gateway_domain_name", m.id), arguments))
	tf.Named(m.id, apigatewaybasepathmapping.NewApiGatewayBasePathMapping(m.scope, tf.ID("aws_api_gateway_base_path_mapping", m.id), &apigatewaybasepathmapping.ApiGatewayBasePathMappingConfig{
		ApiId: m.api.Id(), DomainName: domain.DomainName(), StageName: stage.StageName(),
	}))
	tf.Named(m.id, route53record.NewRoute53Record(m.scope, tf.ID("aws_route53_record", m.id), &route53record.Route53RecordConfig{
		Provider: d.ZoneProvider,
		ZoneId:   d.ZoneID,
		Name:     tf.String(d.Name),
		Type:     tf.String("A"),
		Alias: &route53record.Route53RecordAlias{
			Name: domain.RegionalDomainName(), ZoneId: domain.RegionalZoneId(), EvaluateTargetHealth: false,
		},
	}))
	return nil
}
