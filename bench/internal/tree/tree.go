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
	n := &Node{Value: mid} // before its children, so that it lies in memory where the programs in peers/ have it
	n.Left, n.Right = span(from, mid), span(mid+1, to)
	return n
}

// Size is the tree that a run of n operations walks, again and again: never more than a million.
func Size(n int) int { return min(n, 1_000_000) }
