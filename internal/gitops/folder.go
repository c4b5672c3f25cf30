package gitops

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"
)

// object is any Kubernetes object, of Kubernetes' types or of ours.
type object interface {
	GetObjectKind() schema.ObjectKind
	GetNamespace() string
	GetName() string
}

// folder is a folder of manifests with a kustomization. Objects and folders are
// applied in the order in which they stand.
type folder struct {
	name    string
	objects []object
	folders []folder
	// aside are folders that are written, but not applied with this one.
	aside []folder
	// after names the folders beside this one that must be there before it.
	after []string
}

// existing leaves out folders with nothing in them.
func existing(folders ...folder) []folder {
	var kept []folder
	for _, f := range folders {
		if len(f.objects)+len(f.folders) > 0 {
			kept = append(kept, f)
		}
	}
	return kept
}

// kustomization is what kubectl, Argo CD and Flux look for in a folder. See
// https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
type kustomization struct {
	metav1.TypeMeta `json:",inline"`
	Resources       []string    `json:"resources"`
	SortOptions     sortOptions `json:"sortOptions"`
}

type sortOptions struct {
	Order string `json:"order"`
}

// render puts the folder's files, with their content, into files.
func (f folder) render(dir string, files map[string][]byte) error {
	k := kustomization{
		TypeMeta: metav1.TypeMeta{APIVersion: "kustomize.config.k8s.io/v1beta1", Kind: "Kustomization"},
		// Apply in the order of the list, instead of kustomize's own by kind.
		SortOptions: sortOptions{Order: "fifo"},
	}
	var errs []error
	for _, o := range f.objects {
		name, content, err := manifest(o)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		file := path.Join(dir, name)
		if _, ok := files[file]; ok {
			errs = append(errs, fmt.Errorf("%s would be written twice", file))
		}
		files[file] = content
		k.Resources = append(k.Resources, name)
	}
	for _, sub := range f.folders {
		k.Resources = append(k.Resources, sub.name)
	}
	for _, sub := range append(f.folders[:len(f.folders):len(f.folders)], f.aside...) {
		errs = append(errs, sub.render(path.Join(dir, sub.name), files))
	}
	content, err := yaml.Marshal(k)
	files[path.Join(dir, "kustomization.yaml")] = content
	return errors.Join(append(errs, err)...)
}

// manifest is the name and the content of an object's file.
func manifest(o object) (name string, content []byte, err error) {
	kind := o.GetObjectKind().GroupVersionKind().Kind
	if err := checkName(kind, o.GetName()); err != nil {
		return "", nil, err
	}
	text, err := json.Marshal(o)
	if err != nil {
		return "", nil, err
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		return "", nil, err
	}
	// What the types write even when there is nothing in it: the cluster's side of the
	// object, and a namespace's finalizers.
	delete(fields, "status")
	if spec, ok := fields["spec"].(map[string]any); ok && len(spec) == 0 {
		delete(fields, "spec")
	}
	dropNulls(fields)
	content, err = yaml.Marshal(fields)
	return strings.ToLower(kind + "-" + o.GetName() + ".yaml"), content, err
}

// checkName says what the API server would say about a name. It also keeps names
// from leading out of the folder. See
// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
func checkName(kind, name string) error {
	check := validation.IsDNS1123Subdomain
	if kind == "Namespace" || kind == "Service" {
		check = validation.IsDNS1123Label
	}
	if problems := check(name); len(problems) > 0 {
		return fmt.Errorf("%s %q: %s", kind, name, strings.Join(problems, "; "))
	}
	return nil
}

// dropNulls takes away fields that say nothing, a creation time of null above all.
func dropNulls(value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, v := range value {
			if v == nil {
				delete(value, key)
			}
			dropNulls(v)
		}
	case []any:
		for _, v := range value {
			dropNulls(v)
		}
	}
}
