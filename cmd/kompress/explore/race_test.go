//go:build race

package explore

const raceEnabled = true

// The race detector makes everything ten times slower: there is less to do.
func init() { sweepKs = []int{2, 4, 16} }
