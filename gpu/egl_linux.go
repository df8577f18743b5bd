//go:build cgo

package gpu

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// The constants of EGL 1.5 and of the extensions named in displays.
const (
	eglExtensions              = 0x3055
	eglNone                    = 0x3038
	eglOpenGLAPI               = 0x30A2
	eglOpenGLBit               = 0x0008
	eglRenderableType          = 0x3040
	eglContextMajorVersion     = 0x3098
	eglContextMinorVersion     = 0x30FB
	eglContextProfileMask      = 0x30FD
	eglContextCoreProfile      = 0x0001
	eglContextFlags            = 0x30FC
	eglContextDebug            = 0x0001
	eglSurfaceType             = 0x3033
	eglContextResetStrategy    = 0x31BD
	eglContextResetStrategyEXT = 0x3138
	eglLoseContextOnReset      = 0x31BF
	eglPlatformDevice          = 0x313F
	eglPlatformSurfacelessMesa = 0x31DD
	eglDRMDeviceFile           = 0x3233
)

// An eglAPI is the part of libEGL that is used here, opened at run time.
type eglAPI struct {
	getProcAddress     func(name string) unsafe.Pointer
	getError           func() int32
	queryString        func(display uintptr, name int32) string
	initialize         func(display uintptr, major, minor *int32) uint32
	bindAPI            func(api uint32) uint32
	chooseConfig       func(display uintptr, attributes *int32, configs *uintptr, size int32, found *int32) uint32
	createContext      func(display, config, share uintptr, attributes *int32) uintptr
	destroyContext     func(display, context uintptr) uint32
	makeCurrent        func(display, draw, read, context uintptr) uint32
	releaseThread      func() uint32
	getPlatformDisplay func(platform uint32, native uintptr, attributes *int32) uintptr

	// Of extensions; nil where these are missing.
	queryDevices      func(size int32, devices *uintptr, found *int32) uint32
	queryDeviceString func(device uintptr, name int32) string
}

// advice is what to install.
const advice = "on Debian: apt-get install libegl1 libgl1-mesa-dri, or the driver of the GPU's maker"

// loadEGL opens libEGL once. It stays open: drivers do not take being closed well.
var loadEGL = sync.OnceValues(func() (*eglAPI, error) {
	// Mesa's EGL would write to standard error what is in the errors here.
	if _, set := os.LookupEnv("EGL_LOG_LEVEL"); !set {
		os.Setenv("EGL_LOG_LEVEL", "fatal")
	}
	library, err := purego.Dlopen("libEGL.so.1", purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return nil, fmt.Errorf("gpu: %w: libEGL.so.1 cannot be loaded (%s): %w", ErrUnavailable, advice, err)
	}
	e := new(eglAPI)
	for _, symbol := range []struct {
		name string
		f    any
	}{
		{"eglGetProcAddress", &e.getProcAddress},
		{"eglGetError", &e.getError},
		{"eglQueryString", &e.queryString},
		{"eglInitialize", &e.initialize},
		{"eglBindAPI", &e.bindAPI},
		{"eglChooseConfig", &e.chooseConfig},
		{"eglCreateContext", &e.createContext},
		{"eglDestroyContext", &e.destroyContext},
		{"eglMakeCurrent", &e.makeCurrent},
		{"eglReleaseThread", &e.releaseThread},
	} {
		address, err := purego.Dlsym(library, symbol.name)
		if err != nil {
			return nil, fmt.Errorf("gpu: %w: libEGL.so.1 is none that can be used (%s): %w", ErrUnavailable, advice, err)
		}
		purego.RegisterFunc(symbol.f, address)
	}
	for name, f := range map[string]any{
		"eglGetPlatformDisplayEXT": &e.getPlatformDisplay,
		"eglQueryDevicesEXT":       &e.queryDevices,
		"eglQueryDeviceStringEXT":  &e.queryDeviceString,
	} {
		if symbol := e.getProcAddress(name); symbol != nil {
			purego.RegisterFunc(f, uintptr(symbol))
		}
	}
	if e.getPlatformDisplay == nil {
		return nil, fmt.Errorf("gpu: %w: EGL lacks EGL_EXT_platform_base; want a newer driver", ErrUnavailable)
	}
	return e, nil
})

// A display is where contexts can be made without a screen.
type display struct {
	egl      *eglAPI
	handle   uintptr
	platform string
	path     string
	software bool
}

const surfaceless = "surfaceless" // the platform

// displays lists the devices, for NVIDIA's driver knows nothing else, and last the
// surfaceless platform, which has the default device.
func (e *eglAPI) displays() (all []display) {
	extensions := strings.Fields(e.queryString(0, eglExtensions))
	if e.queryDevices != nil && slices.Contains(extensions, "EGL_EXT_platform_device") {
		all = e.deviceDisplays()
	}
	if slices.Contains(extensions, "EGL_MESA_platform_surfaceless") {
		if d := e.getPlatformDisplay(eglPlatformSurfacelessMesa, 0, nil); d != 0 {
			hardware := func(d display) bool { return !d.software }
			software := len(all) > 0 && !slices.ContainsFunc(all, hardware)
			all = append(all, display{egl: e, handle: d, platform: surfaceless, software: software})
		}
	}
	return all
}

func (e *eglAPI) deviceDisplays() (all []display) {
	devices := make([]uintptr, 64)
	var found int32
	if e.queryDevices(int32(len(devices)), &devices[0], &found) == 0 {
		return nil
	}
	for _, device := range devices[:min(max(0, int(found)), len(devices))] {
		d := display{egl: e, platform: "device"}
		if d.handle = e.getPlatformDisplay(eglPlatformDevice, device, nil); d.handle == 0 {
			continue
		}
		if e.queryDeviceString != nil {
			extensions := strings.Fields(e.queryDeviceString(device, eglExtensions))
			d.software = slices.Contains(extensions, "EGL_MESA_device_software")
			if slices.Contains(extensions, "EGL_EXT_device_drm") {
				d.path = e.queryDeviceString(device, eglDRMDeviceFile)
			}
		}
		all = append(all, d)
	}
	return all
}

// makeContext makes a core context of OpenGL 4.3 and leaves it current on this
// thread.
func (d *display) makeContext(debug bool) (context uintptr, err error) {
	e := d.egl
	var major, minor int32
	if e.initialize(d.handle, &major, &minor) == 0 {
		return 0, fmt.Errorf("%w: the GPU's driver does not start (%s)", e.failed("eglInitialize"), advice)
	}
	if e.bindAPI(eglOpenGLAPI) == 0 {
		return 0, fmt.Errorf("%w: the driver has OpenGL ES only", e.failed("eglBindAPI"))
	}
	extensions := strings.Fields(e.queryString(d.handle, eglExtensions))
	if !slices.Contains(extensions, "EGL_KHR_surfaceless_context") {
		return 0, errors.New("the driver lacks EGL_KHR_surfaceless_context")
	}
	config, err := d.config(extensions)
	if err != nil {
		return 0, err
	}
	// Where the version or the extension has no such attribute, asking for it fails
	// and the next is tried.
	for _, reset := range []int32{eglContextResetStrategy, eglContextResetStrategyEXT, 0} {
		if context = d.createContext(config, debug, reset); context != 0 {
			break
		}
	}
	if context == 0 {
		return 0, fmt.Errorf("%w: the driver gives no context of OpenGL 4.3 (want a newer driver or another GPU; %s)", e.failed("eglCreateContext"), advice)
	}
	if e.makeCurrent(d.handle, 0, 0, context) == 0 {
		err := e.failed("eglMakeCurrent")
		e.destroyContext(d.handle, context)
		return 0, err
	}
	return context, nil
}

// config returns 0, no config, where the driver allows that.
func (d *display) config(extensions []string) (config uintptr, err error) {
	if slices.Contains(extensions, "EGL_KHR_no_config_context") {
		return 0, nil
	}
	var found int32
	attributes := []int32{eglSurfaceType, 0, eglRenderableType, eglOpenGLBit, eglNone}
	if d.egl.chooseConfig(d.handle, &attributes[0], &config, 1, &found) == 0 || found == 0 {
		return 0, errors.New("the driver has no configuration for OpenGL")
	}
	return config, nil
}

// createContext returns 0 if there is none. With the attribute for a strategy on
// resets, the context tells when the GPU was reset, where another might hand out
// rubbish, hang or kill the program.
func (d *display) createContext(config uintptr, debug bool, reset int32) uintptr {
	attributes := []int32{
		eglContextMajorVersion, 4, eglContextMinorVersion, 3,
		eglContextProfileMask, eglContextCoreProfile,
	}
	if debug {
		attributes = append(attributes, eglContextFlags, eglContextDebug)
	}
	if reset != 0 {
		attributes = append(attributes, reset, eglLoseContextOnReset)
	}
	attributes = append(attributes, eglNone)
	return d.egl.createContext(d.handle, config, 0, &attributes[0])
}

// dropContext ends what makeContext began, on the same thread.
func (d *display) dropContext(context uintptr) {
	d.egl.makeCurrent(d.handle, 0, 0, 0)
	d.egl.destroyContext(d.handle, context)
	d.egl.releaseThread()
}

// failed returns EGL's last error on this thread, as that of the call.
func (e *eglAPI) failed(call string) error {
	code := e.getError()
	if name := eglErrors[code]; name != "" {
		return fmt.Errorf("%s: %s", call, name)
	}
	return fmt.Errorf("%s: EGL error %#x", call, code)
}

var eglErrors = map[int32]string{
	0x3001: "EGL_NOT_INITIALIZED",
	0x3002: "EGL_BAD_ACCESS",
	0x3003: "EGL_BAD_ALLOC",
	0x3004: "EGL_BAD_ATTRIBUTE",
	0x3005: "EGL_BAD_CONFIG",
	0x3008: "EGL_BAD_DISPLAY",
	0x3009: "EGL_BAD_MATCH",
	0x300C: "EGL_BAD_PARAMETER",
	0x300E: "EGL_CONTEXT_LOST",
}
