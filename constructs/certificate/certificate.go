// Package certificate makes certificates of AWS Certificate Manager for names in a public
// hosted zone: the certificate, the record by which ACM sees that the zone is ours, and the
// wait until it is issued. Nobody takes a certificate that waits for its validation.
//
// ACM renews it as long as it is used and the record is there.
//
// It makes no certificates for other regions than the stack's own.
//
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
package certificate

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/acmcertificate"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/acmcertificatevalidation"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53record"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/tf"
)

// validationTTL is how long resolvers keep the record, in seconds. ACM asks for it again before it
// renews the certificate, for as long as that is used.
const validationTTL = 300

// Config describes a certificate.
type Config struct {
	// Name is what the certificate is called in its tags.
	Name string
	// Domain is the name that it is for. The zone that it lies in has the record by which ACM validates it.
	Domain string
	// ZoneProvider acts in the account of the public hosted zone ZoneID.
	ZoneProvider cdktf.TerraformProvider
	ZoneID       *string
}

// Certificate is what the construct made.
type Certificate struct {
	// ARN is the certificate's, known when it is issued.
	ARN *string
}

// New makes the certificate `aws_acm_certificate.<id>` and its record
// `aws_route53_record.<id>_validation`. A certificate for another domain is made beside the
// old one, which its user then lets go of.
func New(scope constructs.Construct, id string, config Config) (*Certificate, error) {
	if config.Name == "" || config.Domain == "" || config.ZoneProvider == nil || config.ZoneID == nil {
		return nil, fmt.Errorf("certificate %q: want a name, a domain and the public zone that it lies in", config.Name)
	}
	certificate := tf.Named(id, acmcertificate.NewAcmCertificate(scope, tf.ID("aws_acm_certificate", id), &acmcertificate.AcmCertificateConfig{
		DomainName:       tf.String(config.Domain),
		ValidationMethod: tf.String("DNS"),
		Tags:             tf.Tags(config.Name),
		Lifecycle:        tf.ReplacedFirst(),
	}))
	// One domain takes one record.
	option := certificate.DomainValidationOptions().Get(tf.Number(0))
	name := tf.Name(id, "validation")
	record := tf.Named(name, route53record.NewRoute53Record(scope, tf.ID("aws_route53_record", name), &route53record.Route53RecordConfig{
		Provider: config.ZoneProvider,
		ZoneId:   config.ZoneID,
		Name:     option.ResourceRecordName(),
		Type:     option.ResourceRecordType(),
		Ttl:      tf.Number(validationTTL),
		Records:  tf.Tokens(option.ResourceRecordValue()),
	}))
	issued := tf.Named(id, acmcertificatevalidation.NewAcmCertificateValidation(scope, tf.ID("aws_acm_certificate_validation", id), &acmcertificatevalidation.AcmCertificateValidationConfig{
		CertificateArn:        certificate.Arn(),
		ValidationRecordFqdns: tf.Tokens(record.Fqdn()),
	}))
	return &Certificate{ARN: issued.CertificateArn()}, nil
}
