package endpointservice

import (
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/acmcertificate"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/acmcertificatevalidation"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53record"

	"hubspoke/internal/tf"
)

// validationTTL is how long resolvers keep the record, in seconds. ACM asks for it again before it
// renews the certificate, for as long as that is used.
const validationTTL = 300

// certificate is the ARN of a certificate for the domain that ACM has issued: no listener takes one
// that waits for its validation. A certificate for another domain is made beside the old one, which
// the listener then lets go of.
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
func (s *service) certificate() *string {
	certificate := tf.Named(s.id, acmcertificate.NewAcmCertificate(s.scope, tf.ID("aws_acm_certificate", s.id), &acmcertificate.AcmCertificateConfig{
		DomainName:       tf.String(s.Domain),
		ValidationMethod: tf.String("DNS"),
		Tags:             tf.Tags(s.Name),
		Lifecycle:        tf.ReplacedFirst(),
	}))
	// One domain takes one record.
	option := certificate.DomainValidationOptions().Get(tf.Number(0))
	name := tf.Name(s.id, "validation")
	record := tf.Named(name, route53record.NewRoute53Record(s.scope, tf.ID("aws_route53_record", name), &route53record.Route53RecordConfig{
		Provider: s.ZoneProvider,
		ZoneId:   s.ZoneID,
		Name:     option.ResourceRecordName(),
		Type:     option.ResourceRecordType(),
		Ttl:      tf.Number(validationTTL),
		Records:  tf.Tokens(option.ResourceRecordValue()),
	}))
	return tf.Named(s.id, acmcertificatevalidation.NewAcmCertificateValidation(s.scope, tf.ID("aws_acm_certificate_validation", s.id), &acmcertificatevalidation.AcmCertificateValidationConfig{
		CertificateArn:        certificate.Arn(),
		ValidationRecordFqdns: tf.Tokens(record.Fqdn()),
	})).CertificateArn()
}
