// Package tasks is asyncgen's side: annotated functions, and what asyncgen makes of them.
package tasks

//go:generate go tool asyncgen
