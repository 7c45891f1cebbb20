package main

import (
	"runtime/debug"
	"strings"
	"testing"
)

// The commit is said once, whether the go command has made a version of it or not.
func TestVersionNamesTheCommitOnce(t *testing.T) {
	const rev, at = "ca7e78cd9a8725d4", "2026-11-25T00:05:32Z"
	for _, test := range []struct{ version, modified, want string }{
		{"devel", "false", "ca7e78cd9a87 of " + at},
		{"devel", "true", "ca7e78cd9a87 with changes of " + at},
		{"v1.2.0", "false", "ca7e78cd9a87 of " + at},
		{"v0.0.0-20261125000532-ca7e78cd9a87", "false", "of " + at},
		{"v0.0.0-20261125000532-ca7e78cd9a87+dirty", "true", "of " + at},
	} {
		info := &debug.BuildInfo{Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: rev}, {Key: "vcs.time", Value: at}, {Key: "vcs.modified", Value: test.modified}}}
		if got := strings.Join(commit(info, test.version), " "); got != test.want {
			t.Errorf("%s, modified %s: got %q, want %q", test.version, test.modified, got, test.want)
		}
	}
	if got := commit(&debug.BuildInfo{}, "v1.2.0"); got != nil {
		t.Errorf("without a commit: %q", got)
	}
}
