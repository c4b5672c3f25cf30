package main

import (
	"runtime/debug"
	"testing"
)

func TestARevisionSaysWhatWasBuilt(t *testing.T) {
	info := func(pairs ...string) *debug.BuildInfo {
		var b debug.BuildInfo
		for i := 0; i < len(pairs); i += 2 {
			b.Settings = append(b.Settings, debug.BuildSetting{Key: pairs[i], Value: pairs[i+1]})
		}
		return &b
	}
	const unknown = "unknown revision (go build in a clone notes it; go run does not, nor does -buildvcs=false, here or in GOFLAGS)"
	for _, test := range []struct {
		info *debug.BuildInfo
		want string
	}{
		{nil, unknown},
		{info("GOOS", "linux"), unknown},
		{info("vcs.revision", "abc", "vcs.time", "2026-01-02T03:04:05Z", "vcs.modified", "false"), "abc of 2026-01-02T03:04:05Z"},
		{info("vcs.revision", "abc", "vcs.modified", "true"), "abc, with changes"},
		{&debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}}}, "v1.2.3 abc"},
		{&debug.BuildInfo{Main: debug.Module{Version: "v1.2.3+dirty"}, Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}}}, "abc, with changes"},
		{&debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, unknown},
	} {
		if got := revision(test.info); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
