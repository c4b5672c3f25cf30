package cluster

import (
	"slices"
	"strings"

	"hubspoke/internal/yamldoc"
)

// architectureOf is the architecture of an instance type's processors, by its
// name; "" if it has not the form of one, or cannot be a Linux node. AWS's own
// processors are a `g` among the options; the first of them were `a1`, and in
// `p6e-gb200` they come with the GPU. A `g` in front is a series with GPUs.
func architectureOf(name string) Architecture {
	m := instanceType.Find(name)
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
// architecture, of the section s, because their nodes start from one image.
func validateInstanceTypes(s yamldoc.Section, architecture Architecture, types []string) {
	known := slices.Contains(architecture.Values(), string(architecture))
	for i, name := range types {
		at := s.Key("instance_types").Item(i)
		switch of := architectureOf(name); {
		case of == "":
			at.Errorf("%q is not %s", name, instanceType.Wanted)
		case known && of != architecture:
			problem := "%s is %s, and architecture says %s"
			if !s.Key("architecture").Has() {
				problem = "%[1]s is %[2]s, and architecture is %[3]s by default: add `architecture: %[2]s`"
			}
			at.Errorf(problem, name, of, architecture)
		}
	}
}
