package estate

import (
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func TestMain(m *testing.M) {
	os.Unsetenv("STATE_BACKEND")
	os.Unsetenv("DEPLOY_ROLE")
	os.Exit(m.Run())
}

// acme is a small estate in which everything is stated that a file can state.
var acme = map[string]string{
	"estate.yaml": `project: acme
region: ap-southeast-3
zones: [apse3-az1, apse3-az2, apse3-az3]
accounts:
  hub: "111111111111"
  dev: "222222222222"
  prod: "333333333333"
  audit: "444444444444"
address_space: [10.0.0.0/8]
segmentation: segments
segments:
  shared: {}
  dev:
    reaches: [shared]
  prod:
    reaches: [shared]
dns:
  resolver_order: amazon-first
  public_zones: [acme.example, app.acme.example]
  private_zones:
    acme.internal:
      visible_to: [hub, dev, prod]
    dev.acme.internal:
      visible_to: [hub, dev]
on_premises:
  cidrs: [192.168.0.0/16]
  domains:
    corp.example: [192.168.0.10]
organization:
  arn: arn:aws:organizations::444444444444:organization/o-abcdefghij
  resource_sharing: true
state:
  backend: s3
  bucket: acme-state
  path: .state
  bootstrap_role: Bootstrap
  administrators: ["arn:aws:iam::111111111111:role/admin-*"]
logs:
  account: audit
  retention_days: 90
  archive_after_days: 90
  expire_after_days: 400
  object_lock_days: 30
github:
  repository: acme/infra
  apply_ref: refs/heads/main
tags:
  Owner: platform
`,
	"hub.yaml": `segment: shared
network:
  cidr: 10.0.0.0/16
  az_count: 3
  nat: single
transit_gateway:
  asn: 64512
endpoints: [sts, logs, ssm, ssmmessages]
inbound_resolver:
  zone_count: 2
registry:
  repositories:
    acme/app:
      push:
        app:
          repository: acme/app
          ref: refs/heads/main
      mutable_tags: false
      lifecycle:
        keep_releases: 15
        release_tags: [v]
        branch_days: 45
        branch_tags: [main]
        untagged_days: 7
        # Images with other tags stay.
    acme/web:
      push:
        web:
          repository: acme/web
          ref: refs/tags/v*
  pull_through_cache: [public.ecr.aws, quay.io]
probe: true
`,
	"dev.yaml": `segment: dev
network:
  cidr: 10.1.0.0/16
  az_count: 2
  nat: none
  database_subnets: true
  prefix_lengths:
    public: 24
    private: 18
    database: 24
record_roles:
  external-dns:
    zones: [dev.acme.internal, app.acme.example]
probe: true
`,
	"prod.yaml": `segment: prod
network:
  cidr: 10.2.0.0/16
  az_count: 3
  nat: one_per_az
record_roles:
  external-dns:
    zones: [app.acme.example]
`,
}

// edit changes one place of a file. Without an old text it appends, and with
// neither text it removes the file.
type edit struct{ file, old, new string }

// edited is acme with some edits. Each must find its place.
func edited(t testing.TB, edits ...edit) fstest.MapFS {
	t.Helper()
	return editedFiles(t, acme, edits...)
}

// editedFiles are files with some edits.
func editedFiles(t testing.TB, original map[string]string, edits ...edit) fstest.MapFS {
	t.Helper()
	files := maps.Clone(original)
	for _, e := range edits {
		text := files[e.file]
		switch {
		case e.old == "" && e.new == "":
			delete(files, e.file)
		case e.old == "":
			files[e.file] = text + e.new
		case strings.Count(text, e.old) != 1:
			t.Fatalf("%s holds %q %d times", e.file, e.old, strings.Count(text, e.old))
		default:
			files[e.file] = strings.Replace(text, e.old, e.new, 1)
		}
	}
	return mapFS(files)
}

func mapFS(files map[string]string) fstest.MapFS {
	system := fstest.MapFS{}
	for name, text := range files {
		system[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return system
}

// loadEdited loads acme with edits that leave it valid.
func loadEdited(t testing.TB, edits ...edit) *Estate {
	t.Helper()
	e, err := load(edited(t, edits...), "acme", "acme")
	if err != nil {
		t.Fatal(err)
	}
	return e
}
