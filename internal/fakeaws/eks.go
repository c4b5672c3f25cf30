package fakeaws

import (
	"cmp"
	"encoding/json"
	"net/http"
)

// AddOnVersion is EKS's default version of an add-on, for every version of Kubernetes, if
// nobody says otherwise.
const AddOnVersion = "v1.99.0-eksbuild.1"

// PutAddOnVersion makes another version the default of an add-on.
func (s *Server) PutAddOnVersion(name, version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addOns[name] = version
}

// eks answers in the shape of
// https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeAddonVersions.html
func (s *Server) eks(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || r.URL.Path != "/addons/supported-versions" {
		s.refuse(w, r, "eks")
		return
	}
	query := r.URL.Query()
	s.mu.Lock()
	version := cmp.Or(s.addOns[query.Get("addonName")], AddOnVersion)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	err := json.NewEncoder(w).Encode(map[string]any{"addons": []any{map[string]any{
		"addonName": query.Get("addonName"),
		"addonVersions": []any{map[string]any{
			"addonVersion":    version,
			"compatibilities": []any{map[string]any{"clusterVersion": query.Get("kubernetesVersion"), "defaultVersion": true}},
		}},
	}}})
	if err != nil {
		panic(err) // strings, lists and truth values always encode
	}
}
