//go:build (linux || darwin || windows) && (amd64 || arm64)

package icc

import (
	"encoding/binary"
	"fmt"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// An lcmsAPI is the part of LittleCMS 2 that is used here, opened at run time.
type lcmsAPI struct {
	createContext   func(plugin, user uintptr) uintptr
	deleteContext   func(context uintptr)
	openProfile     func(context uintptr, data unsafe.Pointer, size uint32) uintptr
	closeProfile    func(profile uintptr) int32
	createSRGB      func(context uintptr) uintptr
	createTransform func(context, from uintptr, fromFormat uint32, to uintptr, toFormat, intent, flags uint32) uintptr
	deleteTransform func(transform uintptr)
	doTransform     func(transform uintptr, src, dst unsafe.Pointer, pixels uint32)
}

// Of lcms2.h: pixel formats, intents and flags.
const (
	lcmsGray16 = 3<<16 | 1<<3 | 2
	lcmsRGBA8  = 4<<16 | 1<<7 | 3<<3 | 1
	lcmsRGBA16 = 4<<16 | 1<<7 | 3<<3 | 2
	lcmsCMYK8  = 6<<16 | 4<<3 | 1
	lcmsSwap   = 1 << 11 // numbers of 16 bits are not in the processor's order

	lcmsPerceptual = 0

	lcmsNoCache    = 0x0040 // makes a transform fit for many threads
	lcmsNoOptimize = 0x0100
)

// loadLCMS opens the library once. It stays open.
var loadLCMS = sync.OnceValues(func() (*lcmsAPI, error) {
	library, err := openLCMS()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoLittleCMS, err)
	}
	l := new(lcmsAPI)
	for _, symbol := range []struct {
		name string
		f    any
	}{
		{"cmsCreateContext", &l.createContext},
		{"cmsDeleteContext", &l.deleteContext},
		{"cmsOpenProfileFromMemTHR", &l.openProfile},
		{"cmsCloseProfile", &l.closeProfile},
		{"cmsCreate_sRGBProfileTHR", &l.createSRGB},
		{"cmsCreateTransformTHR", &l.createTransform},
		{"cmsDeleteTransform", &l.deleteTransform},
		{"cmsDoTransform", &l.doTransform},
	} {
		address, err := findLCMS(library, symbol.name)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoLittleCMS, err)
		}
		purego.RegisterFunc(symbol.f, address)
	}
	return l, nil
})

// An lcmsTransform is a transform and the context that it lives in.
type lcmsTransform struct {
	api                *lcmsAPI
	context, transform uintptr
	from, to           int // bytes a pixel
}

// newLCMS returns the conversion of colors of the profile to sRGB: to R, G, B and a
// byte or number that stays.
func newLCMS(p *Profile, bits int) (*lcmsTransform, error) {
	l, err := loadLCMS()
	if err != nil {
		return nil, err
	}
	t := &lcmsTransform{api: l, context: l.createContext(0, 0)}
	if t.context == 0 {
		return nil, fmt.Errorf("%w: it has no memory", ErrLittleCMS)
	}
	if err := t.create(p, bits); err != nil {
		l.deleteContext(t.context)
		return nil, err
	}
	return t, nil
}

func (t *lcmsTransform) create(p *Profile, bits int) error {
	l := t.api
	from := l.openProfile(t.context, unsafe.Pointer(&p.data[0]), uint32(len(p.data)))
	if from == 0 {
		return fmt.Errorf("%w: it does not open the profile", ErrLittleCMS)
	}
	defer l.closeProfile(from)
	to := l.createSRGB(t.context)
	if to == 0 {
		return fmt.Errorf("%w: it does not make sRGB", ErrLittleCMS)
	}
	defer l.closeProfile(to)
	fromFormat, toFormat := t.formats(p.Space, bits)
	t.transform = l.createTransform(t.context, from, fromFormat, to, toFormat, lcmsPerceptual, flagsFor(p, bits))
	if t.transform == 0 {
		return fmt.Errorf("%w: it makes no transform of the profile", ErrLittleCMS)
	}
	return nil
}

// flagsFor asks for full precision where LittleCMS would else join all steps to a
// table of 33 points a channel, which is many levels off. With 8 bits it has exact
// tables for a matrix. Where the profile has tables itself the same is done as by other
// programs, though some dark colors of CMYK are 20 levels off by that: it takes a
// tenth of the time, and people compare.
func flagsFor(p *Profile, bits int) uint32 {
	switch {
	case p.Space != Gray && p.tables, p.Space == RGB && bits == 8 && p.black() == 0:
		return lcmsNoCache
	}
	return lcmsNoCache | lcmsNoOptimize
}

func (t *lcmsTransform) formats(space Space, bits int) (from, to uint32) {
	from, to = lcmsRGBA8, lcmsRGBA8
	t.from, t.to = 4, 4
	var swap uint32
	if binary.NativeEndian.Uint16([]byte{0, 1}) != 1 {
		swap = lcmsSwap
	}
	switch {
	case space == CMYK:
		from = lcmsCMYK8
	case space == Gray:
		from, to = lcmsGray16|swap, lcmsRGBA16|swap
		t.from, t.to = 2, 8
	case bits == 16:
		from, to = lcmsRGBA16|swap, lcmsRGBA16|swap
		t.from, t.to = 8, 8
	}
	return from, to
}

// convert may be called by many goroutines.
func (t *lcmsTransform) convert(dst, src []byte) {
	n := min(len(src)/t.from, len(dst)/t.to)
	if n > 0 {
		t.api.doTransform(t.transform, unsafe.Pointer(&src[0]), unsafe.Pointer(&dst[0]), uint32(n))
	}
}

// close ends it; it must not be in use.
func (t *lcmsTransform) close() {
	t.api.deleteTransform(t.transform)
	t.api.deleteContext(t.context)
}
