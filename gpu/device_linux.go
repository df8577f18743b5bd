//go:build cgo

package gpu

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// Built says that this package was built with its engine.
const Built = true

// Devices lists all devices, those that cannot be used with their Problem. It makes
// a context on each for a moment.
func Devices() ([]Device, error) {
	displays, err := listDisplays()
	if err != nil {
		return nil, err
	}
	return lookAll(displays), nil
}

// lookAll describes the devices. That of the surfaceless platform is left out if
// another works, for it is one of those.
func lookAll(displays []display) (devices []Device) {
	works := false
	for i, d := range displays {
		if d.platform == surfaceless && works {
			continue
		}
		device := look(d)
		device.Number = i + 1
		works = works || device.Problem == ""
		devices = append(devices, device)
	}
	return devices
}

func listDisplays() ([]display, error) {
	egl, err := loadEGL()
	if err != nil {
		return nil, err
	}
	displays := egl.displays()
	if len(displays) == 0 {
		return nil, fmt.Errorf("gpu: %w: EGL lists no device (%s)", ErrUnavailable, advice)
	}
	return displays, nil
}

// look describes the device of a display.
func look(d display) Device {
	t, err := startThread(d, Options{})
	if err != nil {
		return Device{Platform: d.platform, Path: d.path, Software: d.software, Problem: err.Error()}
	}
	defer t.close()
	return t.device
}

// openThread makes a context on the device that the options ask for.
func openThread(o Options) (*thread, error) {
	displays, err := listDisplays()
	if err != nil {
		return nil, err
	}
	if n := o.Device; n > len(displays) || n > 0 && displays[n-1].platform == surfaceless {
		// As Devices counts them, which takes a context on each.
		displays = displays[:len(lookAll(displays))]
	}
	if o.Device < 0 || o.Device > len(displays) {
		return nil, fmt.Errorf("gpu: got device %d, want 1 to %d", o.Device, len(displays))
	}
	if o.Device > 0 {
		t, err := startThread(displays[o.Device-1], o)
		if err != nil {
			return nil, fmt.Errorf("gpu: %w: device %d: %w", ErrUnavailable, o.Device, err)
		}
		t.device.Number = o.Device
		return t, nil
	}
	return firstThread(displays, o)
}

// firstThread takes the first device that is hardware, or else the first that
// works.
func firstThread(displays []display, o Options) (best *thread, err error) {
	var problems []error
	for i, d := range displays {
		if best != nil && (d.software || d.platform == surfaceless) {
			continue
		}
		if o.Hardware && d.software {
			if d.platform != surfaceless { // which is one of the others
				problems = append(problems, fmt.Errorf("device %d is a software renderer", i+1))
			}
			continue
		}
		t, err := startThread(d, o)
		if err != nil {
			problems = append(problems, fmt.Errorf("device %d: %w", i+1, err))
			continue
		}
		t.device.Number = i + 1
		switch {
		case !t.device.Software:
			if best != nil {
				best.close()
			}
			return t, nil
		case best == nil:
			best = t
		default:
			t.close()
		}
	}
	if best == nil {
		return nil, fmt.Errorf("gpu: %w: %w", ErrUnavailable, errors.Join(problems...))
	}
	return best, nil
}

// describe asks the driver about the device.
func (t *thread) describe() Device {
	d := Device{
		Platform: t.display.platform,
		Path:     t.display.path,
		Renderer: glString(gl.RENDERER),
		Vendor:   glString(gl.VENDOR),
		Version:  glString(gl.VERSION),
		Driver:   driverOf(glString(gl.VERSION)),
		GLSL:     glString(gl.SHADING_LANGUAGE_VERSION),
	}
	major, minor := integer(gl.MAJOR_VERSION), integer(gl.MINOR_VERSION)
	t.check("glGetString")
	if major < 4 || major == 4 && minor < 3 {
		d.Problem = fmt.Sprintf("got OpenGL %d.%d, want at least 4.3", major, minor)
		return d
	}
	d.Limits = readLimits()
	t.check("glGetInteger64v")
	d.Software = t.display.software || SoftwareRenderer(d.Renderer)
	extensions := readExtensions()
	d.Memory, d.Free = readMemory(extensions)
	switch {
	case !extensions["GL_KHR_robustness"] && !extensions["GL_ARB_robustness"]:
	case integer(resetNotificationStrategy) != loseContextOnReset: // it would not tell
	case extensions["GL_KHR_robustness"]:
		t.reset = gl.GetGraphicsResetStatusKHR
	default:
		t.reset = gl.GetGraphicsResetStatusARB
	}
	t.memory.persistent = extensions["GL_ARB_buffer_storage"]
	if t.log != nil {
		t.log = make([]uint8, integer(gl.MAX_DEBUG_MESSAGE_LENGTH))
	}
	t.check("glGetIntegerv")
	d.Problem = d.Limits.problem()
	return d
}

// The constants of GL_KHR_robustness.
const (
	resetNotificationStrategy = 0x8256
	loseContextOnReset        = 0x8252
)

// driverOf returns what stands behind the number and the profile in a version.
func driverOf(version string) string {
	_, driver, _ := strings.Cut(version, " ")
	if _, rest, found := strings.Cut(driver, ") "); found && strings.HasPrefix(driver, "(") {
		driver = rest
	}
	return driver
}

// problem returns what the shaders want more of, though OpenGL 4.3 guarantees it.
func (l *Limits) problem() string {
	for _, want := range []struct {
		name      string
		got, want int64
	}{
		{"GL_MAX_SHADER_STORAGE_BLOCK_SIZE", l.BlockBytes, leastBlockBytes},
		{"GL_MAX_COMPUTE_WORK_GROUP_INVOCATIONS", int64(l.Threads), tile},
		{"GL_MAX_COMPUTE_SHARED_MEMORY_SIZE", int64(l.SharedBytes), leastSharedBytes},
		{"GL_MAX_COMPUTE_WORK_GROUP_COUNT", int64(l.Groups[0]), leastGroups},
	} {
		if want.got < want.want {
			return fmt.Sprintf("%s: got %d, want at least %d", want.name, want.got, want.want)
		}
	}
	return ""
}

func glString(name uint32) string {
	if s := gl.GetString(name); s != nil {
		return gl.GoStr(s)
	}
	return ""
}

func readLimits() (l Limits) {
	gl.GetInteger64v(gl.MAX_SHADER_STORAGE_BLOCK_SIZE, &l.BlockBytes)
	l.Threads = integer(gl.MAX_COMPUTE_WORK_GROUP_INVOCATIONS)
	l.SharedBytes = integer(gl.MAX_COMPUTE_SHARED_MEMORY_SIZE)
	for axis := range uint32(3) {
		var groups, size int32
		gl.GetIntegeri_v(gl.MAX_COMPUTE_WORK_GROUP_COUNT, axis, &groups)
		gl.GetIntegeri_v(gl.MAX_COMPUTE_WORK_GROUP_SIZE, axis, &size)
		// Some say 2³²-1, which is -1 here.
		l.Groups[axis] = int(min(uint32(groups), math.MaxInt32))
		l.GroupSize[axis] = int(min(uint32(size), math.MaxInt32))
	}
	return l
}

func integer(name uint32) int {
	var v int32
	gl.GetIntegerv(name, &v)
	return int(v)
}

func readExtensions() map[string]bool {
	all := map[string]bool{}
	for i := range uint32(integer(gl.NUM_EXTENSIONS)) {
		all[gl.GoStr(gl.GetStringi(gl.EXTENSIONS, i))] = true
	}
	return all
}

// readMemory asks the extensions that know: NVIDIA's and AMD's.
func readMemory(extensions map[string]bool) (all, free int64) {
	const (
		nvxTotal = 0x9048 // GPU_MEMORY_INFO_TOTAL_AVAILABLE_MEMORY_NVX, KiB
		nvxFree  = 0x9049 // GPU_MEMORY_INFO_CURRENT_AVAILABLE_VIDMEM_NVX, KiB
		atiFree  = 0x87FB // VBO_FREE_MEMORY_ATI, four numbers, the first in KiB
	)
	switch {
	case extensions["GL_NVX_gpu_memory_info"]:
		return int64(integer(nvxTotal)) << 10, int64(integer(nvxFree)) << 10
	case extensions["GL_ATI_meminfo"]:
		var four [4]int32
		gl.GetIntegerv(atiFree, &four[0])
		return 0, int64(four[0]) << 10
	}
	return 0, 0
}
