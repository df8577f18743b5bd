//go:build !race

package main

const exploreTakesLong = false
