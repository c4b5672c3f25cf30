package estate

import (
	"hubspoke/internal/yamldoc"

	"regexp"
	"slices"
	"strings"
)

// instanceType takes a name apart: series, generation, options and what follows
// a hyphen, then the size. High-memory types (`u-6tb1`) have no generation there.
// https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
var instanceType = regexp.MustCompile(`^(?:u-[0-9]+tb1|([a-z]+)([0-9]+)([a-z]*)(-[a-z0-9]+)?)\.(?:nano|micro|small|medium|large|[0-9]*xlarge|metal(?:-[0-9]+xl)?)$`)

// architectureOf is the architecture of an instance type's processors, by its
// name; "" if it has not the form of one, or cannot be a Linux node. AWS's own
// processors are a `g` among the options; the first of them were `a1`, and in
// `p6e-gb200` they come with the GPU. A `g` in front is a series with GPUs.
func architectureOf(name string) Architecture {
	m := instanceType.FindStringSubmatch(name)
	if m == nil || m[1] == "mac" {
		return ""
	}
	series, generation, options, after := m[1], m[2], m[3], m[4]
	if strings.Contains(options, "g") || series+generation == "a1" || strings.HasPrefix(after, "-gb") {
		return ARM64
	}
	return AMD64
}

// validateInstanceTypes checks a list of instance types that must all be of one
// architecture, because their nodes start from one image.
func validateInstanceTypes(d *yamldoc.Document, at string, architecture Architecture, types []string) {
	known := slices.Contains(architecture.Values(), string(architecture))
	for i, name := range types {
		switch of := architectureOf(name); {
		case of == "":
			d.Errorf(yamldoc.Index(at, i), "%q is not an instance type of Linux nodes, such as m7g.large", name)
		case known && of != architecture:
			d.Errorf(yamldoc.Index(at, i), "%s is %s, and architecture says %s", name, of, architecture)
		case slices.Index(types, name) < i:
			d.Errorf(yamldoc.Index(at, i), "%q is named twice", name)
		}
	}
}
