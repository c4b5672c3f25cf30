package encryption

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/report/reporttest"
	"hubspoke/internal/report/source"
)

// Whoever adds a type of resource says whether it holds data.
func TestEveryTypeOfTheEstatesHoldsDataOrDoesNot(t *testing.T) {
	for _, estate := range reporttest.Estates {
		for _, r := range reporttest.Reviewed(t, estate).Made() {
			classes := 0
			for _, is := range []bool{holders[r.Type] != nil, channels[r.Type] != nil, slices.Contains(holdsNothing, r.Type)} {
				if is {
					classes++
				}
			}
			if classes != 1 {
				t.Errorf("%s: %s is in %d of holders, channels and holdsNothing: put its type into one", estate, r, classes)
			}
		}
	}
	if !slices.IsSorted(holdsNothing) {
		t.Error("holdsNothing is not sorted")
	}
}

func text(t *testing.T, s *source.Source) string {
	t.Helper()
	var out bytes.Buffer
	if err := Of(s).Write(&out, "text"); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// gapsOf is the first section of a report: what is between its heading and the next one.
func gapsOf(t *testing.T, s *source.Source) string {
	_, after, _ := strings.Cut(text(t, s), "\nGaps\n----\n")
	before, _, _ := strings.Cut(after, "\n--")
	return strings.Join(strings.Fields(before), " ")
}

// A change for the worse of a reviewed estate is a gap, which was none before.
func TestWhatIsNotEncryptedIsAGap(t *testing.T) {
	for name, test := range map[string]struct {
		estate string
		change reporttest.Change
		want   string
	}{
		"key without rotation": {"piksel", reporttest.Change{Stack: "dev-eks", From: `"enable_key_rotation": true`, To: `"enable_key_rotation": false`}, "aws_kms_key.cluster the key is not rotated"},
		"bucket over HTTP":     {"piksel", reporttest.Change{Stack: "hub-logs", From: "aws:SecureTransport", To: "aws:ViaAWSService"}, "aws_s3_bucket.trail"},
		"bucket without policy": {"piksel", reporttest.Change{Stack: "bootstrap", From: `"bucket": "${aws_s3_bucket.state.id}",
        "depends_on": [
          "aws_s3_bucket_public_access_block.state"`, To: `"bucket": "elsewhere",
        "depends_on": [
          "aws_s3_bucket_public_access_block.state"`}, "aws_s3_bucket.state no policy refuses requests without TLS"},
		"trail without key":     {"piksel", reporttest.Change{Stack: "dev-baseline", From: `"kms_key_id": "${data.terraform_remote_state.hub_logs.outputs.key_arn}"`, To: `"tags_all": {}`}, "aws_cloudtrail.account"},
		"volumes in the clear":  {"piksel", reporttest.Change{Stack: "dev-baseline", From: `"enabled": true`, To: `"enabled": false`}, "aws_ebs_encryption_by_default.account new volumes are not encrypted by default"},
		"queue in the clear":    {"piksel", reporttest.Change{Stack: "dev-eks", From: `"sqs_managed_sse_enabled": true`, To: `"sqs_managed_sse_enabled": false`}, "aws_sqs_queue.karpenter"},
		"topic without key":     {"innovate", reporttest.Change{Stack: "security-services", From: `"kms_master_key_id"`, To: `"tracing_config"`}, "aws_sns_topic.findings"},
		"database in the clear": {"options", reporttest.Change{Stack: "apps-one-data", From: `"storage_encrypted": true`, To: `"storage_encrypted": false`}, "aws_db_instance.database the database's storage is not encrypted"},
		"database over TCP": {"artos", reporttest.Change{Stack: "production-data", From: `"rds.force_ssl",
            "value": "1"`, To: `"rds.force_ssl",
            "value": "0"`}, "the database takes connections without TLS"},
		"listener without TLS":   {"options", reporttest.Change{Stack: "apps-one-service", From: `"protocol": "TLS"`, To: `"protocol": "TCP"`}, "aws_lb_listener.reports"},
		"domain with old TLS":    {"options", reporttest.Change{Stack: "apps-two-api", From: `"security_policy": "TLS_1_2"`, To: `"security_policy": "TLS_1_0"`}, "aws_api_gateway_domain_name.shop"},
		"type that nobody knows": {"piksel", reporttest.Change{Stack: "dev-network", From: `"aws_internet_gateway"`, To: `"aws_new_store"`}, "aws_new_store"},
	} {
		if before := gapsOf(t, reporttest.Reviewed(t, test.estate)); strings.Contains(before, test.want) {
			t.Errorf("%s: is a gap before the change:\n%s", name, before)
		}
		if after := gapsOf(t, reporttest.Reviewed(t, test.estate, test.change)); !strings.Contains(after, test.want) {
			t.Errorf("%s: %q is not among\n%s", name, test.want, after)
		}
	}
}

// What a resource leaves out is what AWS does then.
func TestKeysAreThoseThatAWSUses(t *testing.T) {
	key := `"aws_kms_key": {"k": {"enable_key_rotation": true}}, "aws_kms_alias": {"k": {"name": "alias/mine", "target_key_id": "${aws_kms_key.k.key_id}"}}, `
	for name, test := range map[string]struct{ resources, want string }{
		"bucket that says nothing":    {`"aws_s3_bucket": {"b": {"bucket": "b"}}`, "objects S3's own"},
		"bucket with AWS's key":       {`"aws_s3_bucket": {"b": {"bucket": "b"}}, "aws_s3_bucket_server_side_encryption_configuration": {"b": {"bucket": "b", "rule": {"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms"}}}}`, "objects aws/s3"},
		"secret with a key by alias":  {key + `"aws_secretsmanager_secret": {"s": {"kms_key_id": "${aws_kms_alias.k.arn}"}}`, "a secret alias/mine"},
		"secret with none":            {`"aws_secretsmanager_secret": {"s": {}}`, "a secret aws/secretsmanager"},
		"secret with a key elsewhere": {`"aws_secretsmanager_secret": {"s": {"kms_key_id": "arn:aws:kms:eu-west-1:999999999999:key/1"}}`, "a secret arn:aws:kms:eu-west-1:999999999999:key/1"},
		"parameter":                   {`"aws_ssm_parameter": {"p": {"type": "SecureString"}}`, "a secret aws/ssm"},
		"table":                       {`"aws_dynamodb_table": {"t": {}}`, "items DynamoDB's own"},
		"table with AWS's key":        {`"aws_dynamodb_table": {"t": {"server_side_encryption": {"enabled": true}}}`, "items aws/dynamodb"},
		"stream":                      {`"aws_kinesis_firehose_delivery_stream": {"s": {"server_side_encryption": {"enabled": true}}}`, "records on their way Firehose's own"},
		"stream in the clear":         {`"aws_kinesis_firehose_delivery_stream": {"s": {}}`, "the stream's encryption is off"},
		"volume":                      {`"aws_ebs_volume": {"v": {}}`, "the volume is not encrypted, and the account does not encrypt by default"},
		"volume by default":           {`"aws_ebs_encryption_by_default": {"a": {}}, "aws_ebs_volume": {"v": {}}`, "a volume aws/ebs"},
		"volume by default, own key":  {key + `"aws_ebs_encryption_by_default": {"a": {}}, "aws_ebs_default_kms_key": {"a": {"key_arn": "${aws_kms_key.k.arn}"}}, "aws_ebs_volume": {"v": {}}`, "a volume alias/mine"},
		"nodes without a template":    {`"aws_eks_node_group": {"n": {}}`, "aws_eks_node_group.n the volume is not encrypted"},
		"instance":                    {`"aws_instance": {"i": {"root_block_device": {"encrypted": true}}}`, "a volume aws/ebs"},
		"replica": {key + `"aws_db_instance": {"a": {"identifier": "a", "storage_encrypted": true, "kms_key_id": "${aws_kms_key.k.arn}"}, "b": {"replicate_source_db": "${aws_db_instance.a.identifier}"}}`,
			"aws_db_instance.b rows alias/mine"},
		"one volume of two in the clear": {`"aws_launch_template": {"t": {"block_device_mappings": [{"ebs": {"encrypted": true}}, {"ebs": {}}]}}`, "aws_launch_template.t the volume is not encrypted"},
		"tunnel":                         {`"aws_vpn_connection": {"v": {}}`, "pre-shared keys of the tunnels the VPN service's own IPsec"},
		"redirect":                       {`"aws_lb_listener": {"l": {"protocol": "HTTP", "default_action": {"type": "redirect", "redirect": {"protocol": "HTTPS"}}}}`, "HTTP, which only leads to HTTPS"},
	} {
		if got := strings.Join(strings.Fields(text(t, reporttest.Made(t, test.resources))), " "); !strings.Contains(got, test.want) {
			t.Errorf("%s: %q is not in\n%s", name, test.want, got)
		}
	}
}

// A key in another account is found through the outputs of the stack that makes it, with
// those whom its policy lets in.
func TestKeysOfOtherStacksAreFollowed(t *testing.T) {
	got := strings.Join(strings.Fields(text(t, reporttest.Reviewed(t, "piksel"))), " ")
	for _, want := range []string{
		"dev-baseline dev aws_cloudtrail.account log files in piksel-trail-111111111111 alias/piksel-logs",
		"alias/piksel-logs hub-logs hub every year 30 days",
		"cloudtrail.amazonaws.com (arn:aws:cloudtrail:ap-southeast-3:111111111111:trail/piksel-hub-trail",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}
