package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/asyncgen/asyncgen/gen"
)

// counts is the summary.
type counts struct {
	start              time.Time
	written, unchanged int
	known              int // the unchanged ones that were not even generated
	removed            int // orphans
	refused            int // packages
}

func startCounts() counts { return counts{start: time.Now()} }

func (n counts) String() string {
	text := fmt.Sprintf("%d written, %d unchanged", n.written, n.unchanged)
	if n.known > 0 {
		text += fmt.Sprintf(" (%d known from the cache)", n.known)
	}
	if n.removed > 0 {
		text += fmt.Sprintf(", %d removed", n.removed)
	}
	if n.refused > 0 {
		text += ", " + plural(n.refused, "package", "packages") + " refused"
	}
	return text + " in " + took(n.start)
}

// took says how long ago it was, with as many digits as anybody wants to read.
func took(start time.Time) string {
	d := time.Since(start)
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}

// writePackage writes the outputs of a package, and notes in the cache that they are there.
func (c *command) writePackage(r result, count *counts) []gen.Diagnostic {
	if len(r.pkg.Current) > 0 {
		count.known += len(r.pkg.Current)
		count.unchanged += len(r.pkg.Current)
		return nil
	}
	diags := c.write(r.files, count)
	if len(diags) == 0 && !r.partly {
		r.pkg.Written(r.files)
	}
	return diags
}

// write writes the outputs of a package, all or none: they stand complete in temporary files before
// the first is renamed. An output that is current is not touched.
func (c *command) write(files []gen.File, count *counts) []gen.Diagnostic {
	var staged []stagedFile
	var diags []gen.Diagnostic
	for _, f := range files {
		old, err := os.ReadFile(f.Path)
		if err == nil && bytes.Equal(old, f.Content) {
			count.unchanged++
			continue
		}
		var s stagedFile
		if err = foreign(f, old, err); err == nil {
			s, err = stage(f.Path, f.Content)
		}
		if err != nil {
			diags = append(diags, fileError(f.Path, err))
			continue
		}
		staged = append(staged, s)
	}
	for _, s := range staged {
		if len(diags) > 0 {
			s.drop()
			continue
		}
		if err := s.commit(); err != nil {
			diags = append(diags, fileError(s.path, err))
			continue
		}
		count.written++
		if c.verbose {
			c.report.say("wrote %s", c.report.relative(s.path))
		}
	}
	return diags
}

// foreign is an error if the output to be written is somebody else's file.
func foreign(f gen.File, old []byte, err error) error {
	switch _, ours := gen.IsOutput(old); {
	case errors.Is(err, fs.ErrNotExist) || f.Source == "":
		return nil
	case err != nil:
		return err
	case !ours:
		return errors.New("is in the way of the output of " + filepath.Base(f.Source) + ", but was not made by asyncgen: rename it")
	}
	return nil
}

// fileError says what could not be done with a file.
func fileError(path string, err error) gen.Diagnostic {
	var cause *fs.PathError
	if errors.As(err, &cause) {
		done := "written"
		if cause.Op == "remove" {
			done = "removed"
		}
		err = fmt.Errorf("cannot be %s: %w", done, cause.Err)
	}
	d := gen.Diagnostic{Code: gen.CodeNotWritten, Message: err.Error()}
	d.Pos.Filename = path
	return d
}

// stagedFile is a file that only has to be renamed.
type stagedFile struct{ path, temp string }

// stage writes a temporary file beside path. The go command ignores its name.
func stage(path string, content []byte) (s stagedFile, err error) {
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		if mode = info.Mode().Perm(); mode&0o200 == 0 {
			return s, &fs.PathError{Op: "open", Path: path, Err: errors.New("the file is read-only")}
		}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".asyncgen-*.tmp")
	if err != nil {
		return s, err
	}
	s = stagedFile{path, f.Name()}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(mode), f.Close())
	if err != nil {
		s.drop()
	}
	return s, err
}

func (s stagedFile) commit() error {
	err := os.Rename(s.temp, s.path)
	if err != nil {
		s.drop()
	}
	return err
}

func (s stagedFile) drop() { _ = os.Remove(s.temp) }
