package main

import (
	"runtime/debug"

	"kompress/gpu"
)

// release is the version of the source; the build adds its commit.
const release = "0.1.0"

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return release
	}
	commit, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = ", modified"
		}
	}
	details := info.GoVersion
	if commit != "" {
		details = commit + dirty + ", " + details
	}
	if !gpu.Built {
		details += ", without the GPU engine"
	}
	return release + " (" + details + ")"
}
