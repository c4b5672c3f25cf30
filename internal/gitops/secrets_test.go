package gitops

import (
	"maps"
	"slices"
	"testing"

	"sigs.k8s.io/yaml"

	"hubspoke/estate"
	estatecluster "hubspoke/estate/cluster"
)

func TestSecretProviderClassesAreWhatTheDriverTakes(t *testing.T) {
	taken(t, "secrets-store", "SecretProviderClass")
}

// The parameters are texts for the schema, so that only the provider would say what is
// wrong with them, when a pod waits for its volume.
func TestPodsMountTheSecretsOfTheirIdentity(t *testing.T) {
	parameters := []string{"objects", "region", "usePodIdentity"}
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		classes := map[string]*secretProviderClass{}
		for name, class := range objects[*secretProviderClass](t, v, cluster) {
			classes[class.Namespace+"/"+class.Name] = class
			if got := slices.Sorted(maps.Keys(class.Spec.Parameters)); class.Spec.Provider != "aws" || !slices.Equal(got, parameters) {
				t.Errorf("%s: the provider %s has parameters %v, want %v", name, class.Spec.Provider, got, parameters)
			}
		}
		for name, i := range s.Cluster.Identities {
			class := classes[i.Namespace+"/"+name]
			if len(i.SecretFiles) == 0 || class == nil {
				if (class == nil) != (len(i.SecretFiles) == 0) {
					t.Errorf("%s: the class of identity %s: %v, for secrets %v", cluster, name, class, i.SecretFiles)
				}
				continue
			}
			if got, want := class.Spec.Parameters["usePodIdentity"] == "true", i.Kind == estatecluster.PodIdentity; got != want {
				t.Errorf("%s: identity %s is by pod identity: %v, want %v", cluster, name, got, want)
			}
			var files []secretFile
			if err := yaml.UnmarshalStrict([]byte(class.Spec.Parameters["objects"]), &files); err != nil {
				t.Fatal(err)
			}
			mounted := map[string]string{}
			for _, f := range files {
				mounted[f.ObjectAlias] = f.ObjectName
				if f.ObjectType != "secretsmanager" {
					t.Errorf("%s: %s is of type %s", cluster, f.ObjectName, f.ObjectType)
				}
			}
			if !maps.Equal(mounted, i.SecretFiles) {
				t.Errorf("%s: identity %s mounts %v, want %v", cluster, name, mounted, i.SecretFiles)
			}
		}
	})
}
