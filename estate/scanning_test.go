package estate

import (
	"testing"
	"testing/fstest"

	"hubspoke/estate/registry"
)

// scanningSays puts a section into the hub's file, before its registry's repositories.
func scanningSays(text string) []edit {
	return []edit{{"hub.yaml", "registry:\n", "registry:\n  scanning: " + text + "\n"}}
}

func TestBadScanningIsToldWithFileAndLine(t *testing.T) {
	for _, test := range []struct{ name, says, want string }{
		{"a kind that there is not", "{kind: enhance}", `acme/hub.yaml:12: registry.scanning.kind: "enhance" is not one of basic, enhanced (did you mean "enhanced"?)`},
		{"Inspector's settings where it does not scan", "{frequency: on-push, inspector: [ecr, ec2]}", `acme/hub.yaml:12: registry.scanning.frequency: this is about Inspector, and ECR itself scans, once for each push: say kind: enhanced, or leave this out
acme/hub.yaml:12: registry.scanning.inspector: this is about Inspector, and ECR itself scans, once for each push: say kind: enhanced, or leave this out`},
		{"fixes that ECR does not know", "{notify: [a@acme.example], fixable: true}", `acme/hub.yaml:12: registry.scanning.fixable: this is about Inspector, and ECR itself scans, once for each push: say kind: enhanced, or leave this out`},
		{"continuous twice", "{kind: enhanced, continuous: ['acme/*']}", `acme/hub.yaml:12: registry.scanning.continuous: all repositories are scanned continuously already: leave this out, or say frequency: on-push`},
		{"a filter in capitals", "{kind: enhanced, frequency: on-push, continuous: [Acme/*]}", `acme/hub.yaml:12: registry.scanning.continuous[0]: "Acme/*" is not part of a repository's name, in lower case, with * for anything`},
		{"Inspector without images", "{kind: enhanced, inspector: [ec2]}", `acme/hub.yaml:12: registry.scanning.inspector: images are what this is about: add ecr, or say kind: basic`},
		{"code of functions alone", "{kind: enhanced, inspector: [ecr, lambda-code]}", `acme/hub.yaml:12: registry.scanning.inspector: Inspector scans the code of functions with what they depend on alone: add lambda`},
		{"a severity that nobody is told of", "{severity: high}", `acme/hub.yaml:12: registry.scanning.severity: nobody is told of findings: name them under notify, or leave this out`},
		{"who is no address", "{notify: [ops]}", `acme/hub.yaml:12: registry.scanning.notify[0]: "ops" is not an e-mail address`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(edited(t, scanningSays(test.says)...), "acme", "acme")
			if err == nil || err.Error() != test.want {
				t.Errorf("got\n%v\nwant\n%s", err, test.want)
			}
		})
	}
}

// inOrganization is an estate whose organisation says what Inspector scans.
func inOrganization(inspector, scanning string) fstest.MapFS {
	files := organizationWith("", inspector)
	files["hub.yaml"] = &fstest.MapFile{Data: []byte("registry:\n  scanning: " + scanning + "\n")}
	return files
}

// Two stacks that say what Inspector scans in the hub would undo each other's work for ever.
func TestOneStackSaysWhetherInspectorScansImages(t *testing.T) {
	const all, noImages = "", "  inspector: [ec2]\n"
	for _, test := range []struct{ name, inspector, scanning, want string }{
		{"basic, against the organisation", all, "{kind: basic}", `acme/hub.yaml:2: registry.scanning.kind: security.inspector of organization.yaml has Inspector scan images, which makes scanning enhanced: take ecr out there, or leave this out`},
		{"enhanced, against the organisation", noImages, "{kind: enhanced}", `acme/hub.yaml:2: registry.scanning.kind: security says for all accounts what Inspector scans, and not images: add ecr to security.inspector in organization.yaml`},
		{"what Inspector scans, twice", all, "{inspector: [ecr]}", `acme/hub.yaml:2: registry.scanning.inspector: security.inspector of organization.yaml says for all accounts what Inspector scans: leave this out`},
		{"who is told, twice", all, "{notify: [a@acme.example]}", `acme/hub.yaml:2: registry.scanning.notify: security.notify of organization.yaml says who is told of Inspector's findings: name them there, or they are told twice`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(inOrganization(test.inspector, test.scanning), "acme", "acme")
			if err == nil || err.Error() != test.want {
				t.Errorf("got\n%v\nwant\n%s", err, test.want)
			}
		})
	}
	for inspector, want := range map[string]registry.ScanKind{all: registry.Enhanced, noImages: registry.Basic} {
		e, err := load(inOrganization(inspector, "{}"), "acme", "acme")
		if err != nil {
			t.Fatal(err)
		}
		if got := e.ImageScanning(); got != want {
			t.Errorf("with %q of the organisation images are scanned %s, want %s", inspector, got, want)
		}
	}
}

func TestImagesAreScannedByECRUnlessSomebodyAsksInspector(t *testing.T) {
	if got := loadEdited(t).ImageScanning(); got != registry.Basic {
		t.Errorf("scanned %s", got)
	}
	e := loadEdited(t, scanningSays("{kind: enhanced}")...)
	scanning := e.Hub.Registry.Scanning
	if e.ImageScanning() != registry.Enhanced || scanning.Frequency != registry.Continuous || len(scanning.Inspector) != 1 || scanning.Inspector[0] != "ecr" {
		t.Errorf("%s, %+v", e.ImageScanning(), scanning)
	}
}
