package bench

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/host"
	"github.com/shirou/gopsutil/v4/mem"
)

// A Machine is what the work was done on. What cannot be found out is left empty.
type Machine struct {
	Processor string  `json:"processor"`
	Cores     int     `json:"cores"` // as the system sees them
	Threads   int     `json:"threads"`
	Memory    uint64  `json:"memory_bytes"`
	OS        string  `json:"os"`
	Arch      string  `json:"arch"`
	Go        string  `json:"go"`
	Busy      float64 `json:"busy"` // share of the processor that other programs used, before
}

// ReadMachine describes this machine.
func ReadMachine() Machine {
	m := Machine{Threads: runtime.GOMAXPROCS(0), OS: runtime.GOOS, Arch: runtime.GOARCH, Go: runtime.Version()}
	if found, err := cpu.Info(); err == nil && len(found) > 0 {
		m.Processor = strings.Join(strings.Fields(found[0].ModelName), " ")
	}
	m.Cores = runtime.NumCPU()
	if found, err := mem.VirtualMemory(); err == nil {
		m.Memory = found.Total
	}
	if found, err := host.Info(); err == nil {
		m.OS = strings.TrimSpace(fmt.Sprintf("%s %s, %s %s", found.Platform, found.PlatformVersion, found.OS, found.KernelVersion))
	}
	if found, err := cpu.Percent(100*time.Millisecond, false); err == nil && len(found) == 1 {
		m.Busy = found[0] / 100
	}
	return m
}

// lines describes a machine, and what is on it, in words.
func (r *Report) lines() [][2]string {
	m := &r.Machine
	threads := fmt.Sprintf("%d cores", m.Cores)
	if m.Threads != m.Cores {
		threads += fmt.Sprintf(", %d threads", m.Threads)
	}
	lines := [][2]string{
		{"command", r.Command},
		{"program", r.Program},
		{"commit", orUnknown(r.Commit)},
		{"date", r.Started.UTC().Format("2006-01-02 15:04 MST")},
		{"processor", fmt.Sprintf("%s, %s", orUnknown(m.Processor), threads)},
		{"memory", gigabytes(m.Memory)},
		{"system", fmt.Sprintf("%s, %s", m.OS, m.Arch)},
		{"go", m.Go},
	}
	for _, e := range r.Engines {
		text := e.Name
		if e.Driver != "" {
			text += ", driver " + e.Driver
		}
		if e.Start > 0 {
			text += fmt.Sprintf("; opened in %s, which is no part of the times below", duration(e.Start))
		}
		lines = append(lines, [2]string{e.Engine + " engine", text})
	}
	s := &r.Settings
	return append(lines, [2]string{"settings", fmt.Sprintf("%d runs, %d to warm up, effort %s, space %s, seed %d",
		s.Runs, s.Warmup, s.Effort, s.Space, s.Seed)})
}

func orUnknown(name string) string {
	if name == "" {
		return "unknown"
	}
	return name
}

func gigabytes(n uint64) string {
	if n == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}

// A strain is what may hold a processor up, as far as the system tells.
type strain struct {
	battery   bool
	throttled int     // times that a core was too hot, since the start of the system
	held      int     // times that the container was out of processor time, likewise
	limit     float64 // share of its frequency that the processor may use
}

func readStrain() strain {
	if runtime.GOOS != "linux" {
		return strain{limit: 1}
	}
	return strainIn(os.DirFS("/sys"))
}

// strainIn reads what Linux tells in /sys. Files that are not there tell nothing.
func strainIn(sys fs.FS) strain {
	s := strain{limit: 1, battery: onBattery(sys)}
	// All cores of a package have its count.
	cores, _ := fs.Glob(sys, "devices/system/cpu/cpu*/thermal_throttle/core_throttle_count")
	for _, file := range cores {
		s.throttled += int(number(sys, file))
	}
	for _, line := range strings.Split(text(sys, "fs/cgroup/cpu.stat"), "\n") {
		if n, found := strings.CutPrefix(line, "nr_throttled "); found {
			s.held, _ = strconv.Atoi(n)
		}
	}
	folders, _ := fs.Glob(sys, "devices/system/cpu/cpu*/cpufreq")
	for _, folder := range folders {
		allowed, most := number(sys, path.Join(folder, "scaling_max_freq")), number(sys, path.Join(folder, "cpuinfo_max_freq"))
		if allowed > 0 && most > 0 {
			s.limit = min(s.limit, allowed/most)
		}
	}
	return s
}

// onBattery says whether the machine runs on one: a battery is discharging.
func onBattery(sys fs.FS) bool {
	supplies, _ := fs.Glob(sys, "class/power_supply/*")
	for _, supply := range supplies {
		// That of a mouse has a scope of its own.
		if text(sys, path.Join(supply, "type")) == "Battery" && text(sys, path.Join(supply, "scope")) != "Device" &&
			text(sys, path.Join(supply, "status")) == "Discharging" {
			return true
		}
	}
	return false
}

func text(sys fs.FS, file string) string {
	data, _ := fs.ReadFile(sys, file)
	return strings.TrimSpace(string(data))
}

func number(sys fs.FS, file string) float64 {
	n, _ := strconv.ParseFloat(text(sys, file), 64)
	return n
}
