package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/asyncgen/asyncgen/gen"
)

// diskCache is a folder of small files. A file that is damaged counts as missing, and two asyncgens can
// use the folder at once: a file is complete when it gets its name. Keys include the hash of asyncgen's
// own executable, since another version may give other outputs.
type diskCache struct {
	dir  string
	tool func() string
}

const cacheVariable = "ASYNCGENCACHE"

// openCache gives the cache in the folder that ASYNCGENCACHE names, or in the user's cache folder.
// Without a folder, or with ASYNCGENCACHE=off, there is none.
func openCache() gen.Cache {
	dir := os.Getenv(cacheVariable)
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return nil
		}
		dir = filepath.Join(user, "asyncgen")
	}
	if !filepath.IsAbs(dir) || os.MkdirAll(dir, 0o755) != nil {
		return nil
	}
	c := &diskCache{dir, sync.OnceValue(executableHash)}
	go c.tool() // while the go command runs
	return c
}

// executableHash is empty if the executable cannot be read; then nothing is kept.
func executableHash() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return string(h.Sum(nil))
}

// path is where a value is kept.
func (c *diskCache) path(key string) string {
	sum := sha256.Sum256([]byte(c.tool() + key))
	return filepath.Join(c.dir, fmt.Sprintf("%x", sum[:1]), fmt.Sprintf("%x", sum[1:]))
}

// Get reads a value, behind its hash.
func (c *diskCache) Get(key string) ([]byte, bool) {
	if c.tool() == "" {
		return nil, false
	}
	path := c.path(key)
	text, err := os.ReadFile(path)
	if err != nil || len(text) < sha256.Size {
		return nil, false
	}
	sum, value := text[:sha256.Size], text[sha256.Size:]
	if want := sha256.Sum256(value); !bytes.Equal(sum, want[:]) {
		return nil, false
	}
	if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > time.Hour {
		_ = os.Chtimes(path, time.Time{}, time.Now()) // it is in use: see trim
	}
	return value, true
}

// Put writes a value. If that fails, the next run has more to do.
func (c *diskCache) Put(key string, value []byte) {
	if c.tool() == "" {
		return
	}
	path := c.path(key)
	if os.MkdirAll(filepath.Dir(path), 0o755) != nil {
		return
	}
	sum := sha256.Sum256(value)
	if s, err := stage(path, append(sum[:], value...)); err == nil {
		_ = s.commit()
	}
	c.trim()
}

// trim removes, once a day, what has not been used for five days, as the go command does in its cache.
func (c *diskCache) trim() {
	const day = 24 * time.Hour
	stamp := filepath.Join(c.dir, "trimmed")
	if info, err := os.Stat(stamp); err == nil && time.Since(info.ModTime()) < day {
		return
	}
	if os.WriteFile(stamp, nil, 0o644) != nil {
		return
	}
	_ = os.Chtimes(stamp, time.Time{}, time.Now())
	_ = filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil && time.Since(info.ModTime()) > 5*day {
			_ = os.Remove(path)
		}
		return nil
	})
}
