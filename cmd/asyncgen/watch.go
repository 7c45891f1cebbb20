package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/asyncgen/asyncgen/gen"
)

// quiet is how long nothing may happen to the files before they are looked at: editors truncate, write,
// rename and write again.
const quiet = 50 * time.Millisecond

// watch is asyncgen --watch: it generates at every change, until it is interrupted.
func (c *command) watch(patterns []string) int {
	cfg := c.config(patterns)
	cfg.SkipCurrent = true
	if cfg.Cache == nil {
		cfg.Cache = &memory{values: map[string][]byte{}}
	}
	session := c.session(cfg)
	w, err := newWatcher(session, slices.ContainsFunc(patterns, isWild))
	if err != nil {
		return c.failed(err)
	}
	defer w.Close()
	code, outputs := c.generateRound(session, patterns)
	if code == usage {
		return code
	}
	c.verbose = true
	for first := true; ; first = false {
		changed, err := w.look(outputs)
		if err == nil && first {
			c.report.say("watching %s; Ctrl-C ends", plural(len(w.dirs), "folder", "folders"))
		}
		if err == nil && len(changed) == 0 {
			changed, err = w.next(c.ctx, nil, nil)
		}
		switch {
		case c.ctx.Err() != nil:
			return done
		case err != nil:
			return c.failed(err)
		}
		_, outputs = c.generateRound(session, patterns, changed...)
	}
}

func isWild(pattern string) bool { return strings.Contains(pattern, "...") }

// watcher knows which files have changed since they were last looked at.
type watcher struct {
	*fsnotify.Watcher
	session *gen.Session
	wild    bool              // new folders are to be watched as well
	dirs    map[string]bool   // those that are watched
	seen    map[string]string // what is known of a file's content, by path
}

func newWatcher(session *gen.Session, wild bool) (*watcher, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("cannot watch files: %w", err)
	}
	return &watcher{w, session, wild, map[string]bool{}, map[string]string{}}, nil
}

// look takes notice of what a round has written and where it has read. It gives files that have changed
// before their folder was watched. Outputs are not read for that: they may have changed since.
func (w *watcher) look(outputs []gen.File) (changed []string, err error) {
	for _, f := range outputs {
		w.seen[f.Path] = sum(f.Content)
	}
	more := false
	for dir := range w.session.Dirs() {
		if w.dirs[dir] {
			continue
		}
		if err := w.add(dir); err != nil {
			return nil, err
		}
		more = true
	}
	if more {
		changed = w.session.Changed()
	}
	return changed, nil
}

// add watches a folder. That it is gone is no error: somebody is at work here.
func (w *watcher) add(dir string) error {
	switch err := w.Add(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("cannot watch %s: the system allows no more watched folders (on Linux: sysctl fs.inotify.max_user_watches)", dir)
	case err != nil:
		return fmt.Errorf("cannot watch %s: %w", dir, err)
	}
	w.dirs[dir] = true
	return nil
}

// next waits until files have changed and nothing has happened for a moment. It calls onEnd if ended is
// closed meanwhile. No paths mean that anything can have changed.
func (w *watcher) next(ctx context.Context, ended <-chan struct{}, onEnd func()) ([]string, error) {
	touched := map[string]bool{} // paths, and whether they are folders
	settled := time.NewTimer(quiet)
	settled.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-ended:
			ended = nil
			onEnd()
		case err := <-w.Errors:
			if errors.Is(err, fsnotify.ErrEventOverflow) {
				return nil, nil
			}
			return nil, err
		case e := <-w.Events:
			paths, err := w.paths(e)
			if err != nil {
				return nil, err
			}
			for _, path := range paths {
				touched[path] = w.dirs[path]
				delete(w.dirs, path)
				settled.Reset(quiet)
			}
		case <-settled.C:
			if changed := w.changed(touched); len(changed) > 0 {
				return changed, nil
			}
			clear(touched)
		}
	}
}

// paths gives what an event is about, if it matters.
func (w *watcher) paths(e fsnotify.Event) ([]string, error) {
	if e.Op == fsnotify.Chmod {
		return nil, nil
	}
	if e.Has(fsnotify.Create) {
		if info, err := os.Stat(e.Name); err == nil && info.IsDir() {
			return w.addTree(e.Name)
		}
	}
	gone := w.dirs[e.Name] && (e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename))
	if gone || w.matters(e.Name) {
		return []string{e.Name}, nil
	}
	return nil, nil
}

// addTree watches a new folder and what is in it, and gives the files that are there already.
func (w *watcher) addTree(top string) (paths []string, err error) {
	if !w.wild {
		return nil, nil
	}
	err = filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // gone again
		case d.IsDir() && gen.SkipsFolder(path):
			return filepath.SkipDir
		case d.IsDir():
			return w.add(path)
		case w.matters(path):
			paths = append(paths, path)
		}
		return nil
	})
	return paths, err
}

// matters reports whether the go command, or the program, looks at a file of that name.
func (w *watcher) matters(path string) bool {
	name := filepath.Base(path)
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return false
	}
	switch name {
	case "go.mod", "go.sum", "go.work", "go.work.sum":
		return true
	}
	return filepath.Ext(name) == ".go" || w.session.Uses(path)
}

// changed gives those of the paths whose content is not the one that was seen before, and folders.
func (w *watcher) changed(paths map[string]bool) []string {
	var list []string
	for path, folder := range paths {
		if folder {
			list = append(list, path)
			continue
		}
		now := content(path)
		if before, ok := w.seen[path]; !ok || before != now {
			list = append(list, path)
		}
		w.seen[path] = now
	}
	slices.Sort(list)
	return list
}

// content stands for what is in a file; it is empty if there is none.
func content(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return sum(text)
}

func sum(text []byte) string {
	if text == nil {
		return ""
	}
	s := sha256.Sum256(text)
	return string(s[:])
}

// memory is a cache for as long as the process runs.
type memory struct {
	mu     sync.Mutex
	values map[string][]byte
}

// Get gives a value.
func (m *memory) Get(key string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values[key]
	return value, ok
}

// Put keeps a value.
func (m *memory) Put(key string, value []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[key] = value
}
