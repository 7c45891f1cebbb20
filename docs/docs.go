// Package docs holds the pages that asyncgen itself shows.
package docs

import "embed"

// Errors has a page for each code of a mistake: errors/AG0001.md and so on.
//
//go:embed errors/*.md
var Errors embed.FS
