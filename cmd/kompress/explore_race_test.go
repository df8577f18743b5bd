//go:build race

package main

// exploreTakesLong says that the race detector makes everything ten times slower. What
// runs on several threads is tested with it in package explore.
const exploreTakesLong = true
