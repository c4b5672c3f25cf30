package stackjson

import "maps"

// ReadsFrom says that the stack reads another's state wherever it reads the one of that
// name: that of the data source, or the key or path in its configuration. It says whether
// it reads any such.
func (s *Stack) ReadsFrom(name string, producer *Stack) bool {
	found := false
	for _, r := range s.RemoteStates() {
		if r.Name != name && r.Config["key"] != name && r.Config["path"] != name {
			continue
		}
		found = true
		kind, configuration := producer.Backend()
		if kind == "" {
			// Nobody says where it is: any place that no other state has tells it apart.
			kind, configuration = "s3", map[string]any{"bucket": "states of roots", "key": producer.Name}
			whole := maps.Clone(producer.Terraform())
			if whole == nil {
				whole = map[string]any{}
			}
			whole["backend"] = map[string]any{kind: configuration}
			producer.JSON["terraform"] = whole
		}
		body := object(object(object(s.JSON["data"])["terraform_remote_state"])[r.Name])
		body["backend"], body["config"] = kind, configuration
		delete(body, "workspace")
	}
	return found
}
