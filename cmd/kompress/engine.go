package main

import (
	"errors"
	"fmt"
	"runtime"

	"kompress/quantize"
)

// A chosenEngine is an engine, and what -v says about it.
type chosenEngine struct {
	quantize.Engine
	name string
	why  string
}

// chooseEngine is the only place that knows which engines there are.
func chooseEngine(name string) (*chosenEngine, error) {
	threads := fmt.Sprintf("%d threads", runtime.GOMAXPROCS(0))
	if runtime.GOMAXPROCS(0) == 1 {
		threads = "1 thread"
	}
	switch name {
	case "cpu":
		return &chosenEngine{new(quantize.CPU), "cpu", threads}, nil
	case "auto":
		return &chosenEngine{new(quantize.CPU), "cpu", threads + "; auto: this build has no GPU engine"}, nil
	case "gpu":
		return nil, errors.New("--engine gpu: this build has no GPU engine; use auto or cpu")
	}
	return nil, usagef("--engine: got %q, want auto or cpu", name)
}
