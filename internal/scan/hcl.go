package scan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"hubspoke/proof/stackjson"
)

// nested says of each argument that holds objects whether it is a block in Terraform's own
// language, or an attribute. JSON does not tell them apart, and only the provider's schema
// does, which takes Terraform to be asked for.
var nested = map[string]bool{
	"dimensions": false, "egress": false, "global_settings": false, "resource_type_opt_in_preference": false, "restore_metadata_overrides": false, "ingress": false, "labels": false, "log_destination": false, "request_parameters": false, "tags": false, "triggers": false,

	"copy_action": true, "recovery_point_selection": true, "selection_tag": true,
	"additional_configuration": true, "auto_enable": true, "configuration": true, "configuration_policy": true, "input_paths": false, "input_transformer": true,
	"organization_aggregation_source": true, "organization_configuration": true, "recording_group": true, "recording_mode": true, "security_controls_configuration": true, "unused_access": true,
	"abort_incomplete_multipart_upload": true, "access_config": true, "access_scope": true, "alias": true,
	"apply_server_side_encryption_by_default": true, "block_device_mappings": true, "cloudwatch_log_options": true, "default_retention": true,
	"default_action": true, "health_check": true,
	"access_log_settings": true, "default_route_settings": true, "domain_name_configuration": true, "jwt_configuration": true, "mutual_tls_authentication": true, "subnet_configuration": true, "tls_config": true,
	"action": true, "allow": true, "api_stages": true, "block": true, "count": true, "endpoint_configuration": true, "managed_rule_group_statement": true, "none": true, "override_action": true,
	"forwarded_ip_config": true, "rate_based_statement": true, "redacted_fields": true, "settings": true, "single_header": true, "statement": true, "visibility_config": true,
	"destination_options": true, "ebs": true, "encryption_config": true, "encryption_configuration": true,
	"expiration": true, "filter": true, "firewall_policy": true, "iam_instance_profile": true, "image_scanning_configuration": true,
	"ip_address": true, "kubernetes_network_config": true, "launch_template": true, "ip_set": true, "lifecycle": true, "log_destination_config": true, "logging_configuration": true, "metadata_options": true,
	"override": true, "policy_variables": true, "quota_settings": true,
	"metric_query": true, "metric_transformation": true,
	"noncurrent_version_expiration": true, "parameter": true, "pod_identity_association": true, "postcondition": true, "precondition": true, "provider": true,
	"repository_filter": true, "rule": true, "rule_group": true, "rule_variables": true, "rules_source": true,
	"stateful_engine_options": true, "stateful_rule_group_reference": true, "stateful_rule_options": true, "subnet_mapping": true, "scaling_config": true, "tag_specifications": true, "taint": true,
	"target_ip": true, "timeouts": true, "transition": true, "tunnel1_log_options": true, "tunnel2_log_options": true, "update_config": true, "upgrade_policy": true,
	"action_threshold": true, "cost_filter": true, "customer_managed_policy_reference": true, "definition": true, "dimension": true, "notification": true,
	"permissions_boundary": true, "signature_validity_period": true, "scp_action_definition": true, "subscriber": true, "threshold_expression": true,
	"throttle_settings":        true,
	"versioning_configuration": true, "vpc": true, "vpc_config": true,
}

// references are arguments of Terraform itself, whose texts are names and no values.
var references = []string{"depends_on", "ignore_changes", "provider", "replace_triggered_by"}

// terraform is a stack's resources in Terraform's own language.
func terraform(s *stackjson.Stack) ([]byte, error) {
	var w writer
	for _, r := range s.Resources() {
		if r.Data {
			continue
		}
		fmt.Fprintf(&w, "resource %q %q {\n", r.Type, r.Name)
		if err := w.body(r.Body); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", s.Name, r.Address(), err)
		}
		w.WriteString("}\n\n")
	}
	return hclwrite.Format(w.Bytes()), nil
}

type writer struct{ bytes.Buffer }

// body writes the arguments of a resource or a block.
func (w *writer) body(arguments map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(arguments)) {
		value := arguments[key]
		objects := objectsOf(value)
		isBlock, known := nested[key]
		switch {
		case key == "//":
		case slices.Contains(references, key) && objects == nil:
			fmt.Fprintf(w, "%s = %s\n", key, reference(value))
		case objects == nil:
			fmt.Fprintf(w, "%s = %s\n", key, expression(value))
		case !known:
			return fmt.Errorf("%s holds objects: say in internal/scan/hcl.go whether it is a block", key)
		case isBlock:
			for _, object := range objects {
				fmt.Fprintf(w, "%s {\n", key)
				if err := w.body(object); err != nil {
					return err
				}
				w.WriteString("}\n")
			}
		default:
			fmt.Fprintf(w, "%s = %s\n", key, expression(value))
		}
	}
	return nil
}

// objectsOf are the objects that a value is, or nil if it is something else.
func objectsOf(value any) []map[string]any {
	if object, ok := value.(map[string]any); ok {
		return []map[string]any{object}
	}
	list, _ := value.([]any)
	var objects []map[string]any
	for _, item := range list {
		object, ok := item.(map[string]any)
		if !ok {
			return nil
		}
		objects = append(objects, object)
	}
	return objects
}

// reference is a name, or a list of names.
func reference(value any) string {
	list, ok := value.([]any)
	if !ok {
		return strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(value), "${"), "}")
	}
	names := make([]string, len(list))
	for i, item := range list {
		names[i] = reference(item)
	}
	return "[" + strings.Join(names, ", ") + "]"
}

// expression is a value. A text is a template, and so it is in JSON: what stands in ${}
// is an expression in both, and the rest is quoted here.
func expression(value any) string {
	switch v := value.(type) {
	case string:
		return template(v)
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = expression(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		var b strings.Builder
		b.WriteString("{\n")
		for _, key := range slices.Sorted(maps.Keys(v)) {
			fmt.Fprintf(&b, "%s = %s\n", quoted(key), expression(v[key]))
		}
		return b.String() + "}"
	}
	text, _ := json.Marshal(value) // A number, a bool or null.
	return string(text)
}

func template(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for text != "" {
		at := strings.Index(text, "${")
		if at > 0 && text[at-1] == '$' { // $${ is no expression.
			at += len("{") + 1
			b.WriteString(escaped(text[:at]))
			text = text[at:]
			continue
		}
		if at < 0 {
			b.WriteString(escaped(text))
			break
		}
		end := at + closing(text[at:])
		b.WriteString(escaped(text[:at]) + text[at:end])
		text = text[end:]
	}
	b.WriteByte('"')
	return b.String()
}

// closing is where the expression that a text begins with ends.
func closing(text string) int {
	depth := 0
	for i, c := range text {
		switch c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

func quoted(text string) string { return `"` + escaped(text) + `"` }

// escaped is a text without what would end it.
func escaped(text string) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // Texts always encode.
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(b.String()), `"`), `"`)
}
