// Package tree is what the streams walk.
package tree

// Node is a node of a binary tree.
type Node struct {
	Value       int
	Left, Right *Node
}

// New makes a balanced tree of n nodes whose values are 0 … n-1 from left to right.
func New(n int) *Node { return span(0, n) }

func span(from, to int) *Node {
	if from == to {
		return nil
	}
	mid := (from + to) / 2
	return &Node{Value: mid, Left: span(from, mid), Right: span(mid+1, to)}
}

// Size is the tree that a run of n operations walks, again and again: never more than a million.
func Size(n int) int { return min(n, 1_000_000) }
