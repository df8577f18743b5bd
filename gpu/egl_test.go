//go:build linux && cgo

package gpu

import (
	"errors"
	"testing"
)

// A driver may say anything.
func TestDeviceDisplays(t *testing.T) {
	for _, test := range []struct {
		said int32
		want int
	}{{3, 3}, {0, 0}, {-1, 0}, {70, 64}} {
		e := &eglAPI{
			queryDevices: func(_ int32, _ *uintptr, found *int32) uint32 {
				*found = test.said
				return 1
			},
			getPlatformDisplay: func(uint32, uintptr, *int32) uintptr { return 1 },
			queryString:        func(uintptr, int32) string { return "EGL_EXT_platform_device" },
		}
		if got := len(e.displays()); got != test.want {
			t.Errorf("the driver says %d devices: got %d displays, want %d", test.said, got, test.want)
		}
	}
}

// NVIDIA's driver knows devices alone, and they come first elsewhere too.
func TestSurfacelessIsLast(t *testing.T) {
	e := &eglAPI{
		queryDevices: func(_ int32, _ *uintptr, found *int32) uint32 {
			*found = 1
			return 1
		},
		getPlatformDisplay: func(uint32, uintptr, *int32) uintptr { return 1 },
		queryString:        func(uintptr, int32) string { return "EGL_EXT_platform_device EGL_MESA_platform_surfaceless" },
	}
	all := e.displays()
	if len(all) != 2 || all[0].platform != "device" || all[1].platform != surfaceless {
		t.Errorf("got %+v, want a device and then the surfaceless platform", all)
	}
}

// What EGL knows to be a software renderer is not started for whoever wants hardware. The
// surfaceless platform has one of the devices.
func TestHardwareOnly(t *testing.T) {
	for extensions, software := range map[string]bool{"EGL_MESA_device_software": true, "EGL_EXT_device_drm": false, "": false} {
		e := &eglAPI{
			queryDevices: func(_ int32, _ *uintptr, found *int32) uint32 {
				*found = 2
				return 1
			},
			queryDeviceString:  func(uintptr, int32) string { return extensions },
			getPlatformDisplay: func(uint32, uintptr, *int32) uintptr { return 1 },
			queryString:        func(uintptr, int32) string { return "EGL_EXT_platform_device EGL_MESA_platform_surfaceless" },
		}
		started := 0
		e.initialize = func(uintptr, *int32, *int32) uint32 {
			started++
			return 0
		}
		e.getError = func() int32 { return 0 }
		_, err := firstThread(e.displays(), Options{Hardware: true})
		if !errors.Is(err, ErrUnavailable) || (started == 0) != software {
			t.Errorf("devices with %q: got error %v and %d started, want software %v", extensions, err, started, software)
		}
	}
}

func TestDriverOf(t *testing.T) {
	for version, want := range map[string]string{
		"4.5 (Core Profile) Mesa 22.3.6":               "Mesa 22.3.6",
		"4.6.0 NVIDIA 550.54.14":                       "NVIDIA 550.54.14",
		"4.6.14761 Core Profile Context 21.30 27.20.1": "Core Profile Context 21.30 27.20.1",
		"4.3": "",
		"":    "",
	} {
		if got := driverOf(version); got != want {
			t.Errorf("%q: got %q, want %q", version, got, want)
		}
	}
}
