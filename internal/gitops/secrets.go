package gitops

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	estatecluster "hubspoke/estate/cluster"
)

// secretProviderClass is the driver's object that says which secrets a volume holds, as
// far as the bundle uses it. The tests check it against the published schema.
//
//   - https://secrets-store-csi-driver.sigs.k8s.io/concepts#secretproviderclass
//   - https://github.com/aws/secrets-store-csi-driver-provider-aws#secretproviderclass-options
type (
	secretProviderClass struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              secretProviderSpec `json:"spec"`
	}
	secretProviderSpec struct {
		Provider   string            `json:"provider"`
		Parameters map[string]string `json:"parameters"`
	}
	// secretFile is an element of the parameter `objects`, which is a text: a list in YAML.
	secretFile struct {
		ObjectName  string `json:"objectName"`
		ObjectType  string `json:"objectType"`
		ObjectAlias string `json:"objectAlias"`
	}
)

// secretProviderClasses are those of the namespace's identities that mount secrets, each
// with its identity's name. The driver asks Secrets Manager in the name of the pod that
// mounts them, so a pod with another service account gets nothing.
func (c cluster) secretProviderClasses(namespace string) []object {
	var classes []object
	for _, name := range slices.Sorted(maps.Keys(c.Identities)) {
		i := c.Identities[name]
		if i.Namespace != namespace || len(i.SecretFiles) == 0 {
			continue
		}
		var files []secretFile
		for _, file := range slices.Sorted(maps.Keys(i.SecretFiles)) {
			files = append(files, secretFile{ObjectName: i.SecretFiles[file], ObjectType: "secretsmanager", ObjectAlias: file})
		}
		// JSON is YAML, too, and has no text that means anything else.
		text, err := json.MarshalIndent(files, "", "  ")
		if err != nil {
			panic(err) // texts always encode
		}
		classes = append(classes, &secretProviderClass{
			TypeMeta:   metav1.TypeMeta{APIVersion: "secrets-store.csi.x-k8s.io/v1", Kind: "SecretProviderClass"},
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
			Spec: secretProviderSpec{Provider: "aws", Parameters: map[string]string{
				"objects": string(text) + "\n",
				// Otherwise the provider asks the Kubernetes API for the node's, with every mount.
				"region":         c.estate.Region,
				"usePodIdentity": fmt.Sprint(i.Kind == estatecluster.PodIdentity),
			}},
		})
	}
	return classes
}
