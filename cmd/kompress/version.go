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
	details := info.GoVersion
	if built := commit(); built != "" {
		details = built + ", " + details
	}
	if !gpu.Built {
		details += ", without the GPU engine"
	}
	return release + " (" + details + ")"
}

// commit returns which commit the program was built from, and whether that was
// modified; "" if the build was not told.
func commit() string {
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return ""
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
	return commit + dirty
}
