package main

import (
	"fmt"
	"strings"
	"time"

	"kompress/cmd/kompress/words"
	"kompress/viewer"
)

// measured words what a script of the viewer found.
func measured(m *viewer.Measured) string {
	var b strings.Builder
	fmt.Fprintf(&b, "drawn by %s, compressed by %s\n", m.Renderer, m.Engine)
	fmt.Fprintf(&b, "last image: %s, %s\n", pixelsText(m.Pixels), words.Count(m.Colors, "distinct color"))
	fmt.Fprintf(&b, "%-28s %6s %9s %9s %9s %9s\n", "", "times", "median", "90 %", "99 %", "most")
	for _, row := range []struct {
		name  string
		times []time.Duration
	}{
		{"key to picture", m.Picture},
		{fmt.Sprintf("held key (%d), to picture", m.HeldKeys), m.Held},
		{"key to settled picture", m.Settled},
		{"frame to frame, dragging", m.Drag},
		{"frame to frame, zooming", m.Wheel},
	} {
		if len(row.times) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%-28s %6d", row.name, len(row.times))
		for _, p := range []float64{50, 90, 99, 100} {
			fmt.Fprintf(&b, " %9s", secondsText(viewer.Percentile(row.times, p).Seconds()))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
