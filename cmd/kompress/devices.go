package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"kompress/cmd/kompress/words"
	"kompress/gpu"

	"github.com/urfave/cli/v2"
)

func devicesCommand(stdout io.Writer) *cli.Command {
	return &cli.Command{
		Name:      "devices",
		Usage:     "list the OpenGL devices of this machine",
		UsageText: "kompress devices [flags]",
		Description: "Lists every OpenGL device, what it allows compute shaders, and whether\n" +
			"--engine auto would take it. --device N of compress chooses one by its number.",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print a JSON object for each device"},
		},
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usagef("devices: got %s, want no names", words.Printable(c.Args().First()))
			}
			devices, err := await(c.Context, gpu.Devices)
			if err != nil {
				return err
			}
			return listDevices(stdout, devices, c.Bool("json"))
		},
		OnUsageError: onUsageError,
	}
}

// A deviceReport is what devices --json tells. The names are part of the program's
// interface.
type deviceReport struct {
	Number      int    `json:"number"`
	Renderer    string `json:"renderer"`
	Vendor      string `json:"vendor"`
	Driver      string `json:"driver"`
	Version     string `json:"version"` // of OpenGL, with the driver's
	GLSL        string `json:"glsl"`
	Platform    string `json:"platform"`
	Path        string `json:"path,omitempty"`
	Software    bool   `json:"software"`
	Problem     string `json:"problem,omitempty"`
	Memory      int64  `json:"memory_bytes,omitempty"`
	Free        int64  `json:"free_bytes,omitempty"`
	BlockBytes  int64  `json:"storage_block_bytes"`
	Groups      [3]int `json:"work_groups"`
	GroupSize   [3]int `json:"work_group_size"`
	Threads     int    `json:"work_group_threads"`
	SharedBytes int    `json:"shared_bytes"`
	Auto        bool   `json:"auto"`
	Why         string `json:"why"`
}

func listDevices(stdout io.Writer, devices []gpu.Device, asJSON bool) error {
	taken := false
	for _, d := range devices {
		auto, why := autoTakes(&d, taken)
		taken = taken || auto
		if !asJSON {
			if _, err := io.WriteString(stdout, deviceText(&d, why)); err != nil {
				return err
			}
			continue
		}
		line := json.NewEncoder(stdout)
		line.SetEscapeHTML(false)
		err := line.Encode(deviceReport{
			d.Number, d.Renderer, d.Vendor, d.Driver, d.Version, d.GLSL, d.Platform, d.Path, d.Software, d.Problem, d.Memory, d.Free,
			d.Limits.BlockBytes, d.Limits.Groups, d.Limits.GroupSize, d.Limits.Threads, d.Limits.SharedBytes, auto, why,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// autoTakes says whether auto would take the device, and why or why not.
func autoTakes(d *gpu.Device, taken bool) (auto bool, why string) {
	switch {
	case d.Problem != "":
		return false, "no: it cannot be used: " + d.Problem
	case d.Software:
		return false, "no: a software renderer, slower than the CPU engine"
	case taken:
		return false, "no: an earlier one is taken"
	}
	return true, fmt.Sprintf("yes: from %s in all, for images from %s", pixelsText(leastPixels(false)), pixelsText(leastPixels(true)))
}

func deviceText(d *gpu.Device, why string) string {
	var b strings.Builder
	name := d.Renderer
	if name == "" {
		name = "(unknown)"
	}
	fmt.Fprintf(&b, "%d: %s\n", d.Number, name)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "   %-13s %s\n", name, fmt.Sprintf(format, args...))
	}
	if d.Renderer != "" {
		line("vendor", "%s", d.Vendor)
		line("driver", "%s", d.Driver)
		line("version", "OpenGL %s, GLSL %s", d.Version, d.GLSL)
	}
	if d.Software {
		line("kind", "software renderer, on the CPU")
	}
	line("reached by", "%s", strings.TrimSpace("EGL, "+d.Platform+" platform "+d.Path))
	if d.Renderer != "" {
		l := &d.Limits
		line("memory", "%s", memoryText(d))
		line("storage block", "%s at most", binaryText(l.BlockBytes))
		line("work groups", "%d x %d x %d", l.Groups[0], l.Groups[1], l.Groups[2])
		line("work group", "%d threads, %d x %d x %d, sharing %s", l.Threads, l.GroupSize[0], l.GroupSize[1], l.GroupSize[2], binaryText(int64(l.SharedBytes)))
	}
	line("auto", "%s", why)
	return b.String()
}

func memoryText(d *gpu.Device) string {
	switch {
	case d.Memory > 0:
		return fmt.Sprintf("%s, %s of it free", binaryText(d.Memory), binaryText(d.Free))
	case d.Free > 0:
		return binaryText(d.Free) + " free"
	}
	return "the driver does not tell"
}

func binaryText(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
