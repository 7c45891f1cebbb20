package gen

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mapCache is a Cache for a test.
type mapCache map[string][]byte

func (c mapCache) Get(key string) ([]byte, bool) { v, ok := c[key]; return v, ok }
func (c mapCache) Put(key string, value []byte)  { c[key] = value }

const cachedModule = `
-- p/p.go --
//go:build asyncgen

package p

import (
	"m/q"

	"github.com/asyncgen/asyncgen/rt"
)

//async:func
func F() rt.Coro[q.T] { return nil }
-- q/q.go --
package q

type T int
`

// again loads a module once more.
func again(t *testing.T, p *Package, cache Cache) []*Package {
	t.Helper()
	list, diags, err := Load(context.Background(), Config{Dir: p.ModuleDir, Patterns: []string{"./..."},
		Env: append(os.Environ(), "GOFLAGS=", "GOWORK=off"), Cache: cache, SkipCurrent: true})
	if err != nil || len(diags) > 0 {
		t.Fatal(err, diags)
	}
	return list
}

func TestExportDataThatTheGoCommandRemovedIsMadeAgain(t *testing.T) {
	cache := mapCache{}
	list, diags, err := loadArchive(t, cachedModule, Config{Cache: cache})
	if err != nil || diags != "" {
		t.Fatal(err, diags)
	}
	found := false
	for key, value := range cache {
		var files map[string]string
		if kind, _, _ := strings.Cut(key, " "); kind != "export" {
			continue
		} else if err := json.Unmarshal(value, &files); err != nil {
			t.Fatal(err)
		}
		for path, file := range files {
			found = found || path == "m/q"
			files[path] = file + ".gone"
		}
		cache[key], _ = json.Marshal(files)
	}
	if !found {
		t.Fatalf("nothing was kept about m/q: %q", cache)
	}
	if list := again(t, list[0], cache); list[0].Types == nil {
		t.Error("the package is not loaded")
	}
}

// editingCache saves a file in the middle of a run, when it is first asked.
type editingCache struct {
	mapCache
	path string
}

func (c editingCache) Get(key string) ([]byte, bool) {
	_ = os.WriteFile(c.path, []byte("package q\n\ntype T string\n"), 0o644)
	return c.mapCache.Get(key)
}

func TestNothingIsKeptOfFilesSavedDuringTheRun(t *testing.T) {
	list, _, err := loadArchive(t, cachedModule, Config{})
	if err != nil {
		t.Fatal(err)
	}
	cache := editingCache{mapCache{}, filepath.Join(list[0].ModuleDir, "q", "q.go")}
	list = again(t, list[0], cache)
	list[0].Written(nil)
	if len(cache.mapCache) > 0 {
		t.Errorf("kept: %q", cache.mapCache)
	}
}

func TestOutputsThatAreSomewhereElseAreNotSkipped(t *testing.T) {
	cache := mapCache{}
	list, _, err := loadArchive(t, cachedModule, Config{})
	if err != nil {
		t.Fatal(err)
	}
	list = again(t, list[0], cache)
	out := File{Path: filepath.Join(list[0].Dir, "p_async.go"), Content: []byte(outputBefore + "p.go" + outputAfter + "\n\n//go:build !asyncgen\n\npackage p\n")}
	list[0].Written([]File{out})
	if list := again(t, list[0], cache); list[0].Types == nil {
		t.Error("skipped, but no output is there")
	}
	if err := os.WriteFile(out.Path, out.Content, 0o644); err != nil {
		t.Fatal(err)
	}
	if list := again(t, list[0], cache); len(list[0].Current) != 1 || list[0].Types != nil {
		t.Error("not skipped")
	}
}
